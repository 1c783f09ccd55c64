#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// Sizing formulas of component definitions: "core_nodes >= 4 ? 3 : min(2, core_nodes)".
//
//   condition ? a : b    && ||    < <= > >= == !=    + - * /    - !    ( )    numbers    names of
//   facts min(a, b, …)  max(a, b, …)  clamp(x, least, most)  floor(x)  step(x, unit): x down to a
//   multiple of unit
//
// Numbers are doubles; a comparison is 1 or 0. Pure. Nesting is limited, so that no text can
// exhaust the stack.

// The value of a fact, or nothing if there is none of that name.
using FactLookup = std::function<std::optional<double>(std::string_view name)>;

// InvalidArgument says at which column and what was expected; for an unknown name, the name.
// Division by 0 is an error, too.
Result<double> evaluate_formula(std::string_view formula, const FactLookup& facts);

// The facts that a formula names, each once, in order of appearance: for explanations and checks.
// Same errors but for values.
Result<std::vector<std::string>> facts_of_formula(std::string_view formula);

// "3", "0.05": whole numbers without a point, others with as few digits as tell them apart.
std::string number_text(double value);

}  // namespace tusker
