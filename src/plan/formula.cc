#include "plan/formula.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace tusker {
namespace {

constexpr int kDeepest = 64;

// Recursive descent over the text; computes while it parses. Both branches of a condition are
// computed, so that a wrong name never hides.
class Evaluation {
 public:
  Evaluation(std::string_view text, const FactLookup& facts) : text_(text), facts_(facts) {}

  Result<double> run() {
    TK_TRY(const double value, condition());
    skip_space();
    if (at_ != text_.size()) return wrong("the end or an operator");
    if (!std::isfinite(value)) return wrong("a finite value");
    return value;
  }

 private:
  Error wrong(std::string_view expected) const {
    return Error::make(ErrorCode::InvalidArgument,
                       "formula \"{}\", column {}: expected {}",
                       text_,
                       at_ + 1,
                       expected);
  }
  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  Result<double> condition() {
    if (++depth_ > kDeepest) return wrong("less nesting");
    TK_TRY(const double test, either());
    double value = test;
    if (take("?")) {
      TK_TRY(const double yes, condition());
      if (!take(":")) return wrong("\":\"");
      TK_TRY(const double no, condition());
      value = test != 0 ? yes : no;
    }
    --depth_;
    return value;
  }

  Result<double> either() {
    TK_TRY(double left, both());
    while (take("||")) {
      TK_TRY(const double right, both());
      left = left != 0 || right != 0;
    }
    return left;
  }

  Result<double> both() {
    TK_TRY(double left, comparison());
    while (take("&&")) {
      TK_TRY(const double right, comparison());
      left = left != 0 && right != 0;
    }
    return left;
  }

  Result<double> comparison() {
    TK_TRY(const double left, sum());
    for (const std::string_view op : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (!take(op)) continue;
      TK_TRY(const double right, sum());
      return compare(op, left, right);
    }
    return left;
  }

  static double compare(std::string_view op, double left, double right) {
    if (op == "<=") return left <= right;
    if (op == ">=") return left >= right;
    if (op == "==") return left == right;
    if (op == "!=") return left != right;
    return op == "<" ? left < right : left > right;
  }

  Result<double> sum() {
    TK_TRY(double left, product());
    while (true) {
      if (take("+")) {
        TK_TRY(const double right, product());
        left += right;
      } else if (take("-")) {
        TK_TRY(const double right, product());
        left -= right;
      } else {
        return left;
      }
    }
  }

  Result<double> product() {
    TK_TRY(double left, unary());
    while (true) {
      if (take("*")) {
        TK_TRY(const double right, unary());
        left *= right;
      } else if (take("/")) {
        TK_TRY(const double right, unary());
        if (right == 0) return wrong("a divisor other than 0");
        left /= right;
      } else {
        return left;
      }
    }
  }

  Result<double> unary() {
    if (++depth_ > kDeepest) return wrong("less nesting");
    double value = 0;
    if (take("-")) {
      TK_TRY(value, unary());
      value = -value;
    } else {
      TK_TRY(value, primary());
    }
    --depth_;
    return value;
  }

  Result<double> primary() {
    skip_space();
    if (take("(")) {
      TK_TRY(const double value, condition());
      if (!take(")")) return wrong("\")\"");
      return value;
    }
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) return number();
    const std::string_view found = name();
    if (found.empty()) return wrong("a number, a name or \"(\"");
    return take("(") ? call(found) : fact(found);
  }

  Result<double> number() {
    double value = 0;
    const auto [end, code] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (code != std::errc()) return wrong("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  std::string_view name() {
    const std::size_t start = at_;
    const auto belongs = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  Result<double> fact(std::string_view found) const {
    if (const auto value = facts_(found)) return *value;
    return Error::make(ErrorCode::InvalidArgument, "formula \"{}\": no fact \"{}\"", text_, found);
  }

  Result<double> call(std::string_view function) {
    std::vector<double> values;
    do {
      TK_TRY(const double value, condition());
      values.push_back(value);
    } while (take(","));
    if (!take(")")) return wrong("\",\" or \")\"");
    return apply(function, values);
  }

  Result<double> apply(std::string_view function, const std::vector<double>& values) const {
    if (function == "min") return *std::min_element(values.begin(), values.end());
    if (function == "max") return *std::max_element(values.begin(), values.end());
    if (function == "floor" && values.size() == 1) return std::floor(values[0]);
    if (function == "step" && values.size() == 2 && values[1] > 0)
      return std::floor(values[0] / values[1]) * values[1];
    if (function == "clamp" && values.size() == 3)
      return std::max(values[1], std::min(values[0], values[2]));
    return wrong(
        "min(a, b, …), max(a, b, …), clamp(x, least, most), floor(x) or step(x, unit > 0)");
  }

  std::string_view text_;
  const FactLookup& facts_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<double> evaluate_formula(std::string_view formula, const FactLookup& facts) {
  return Evaluation(formula, facts).run();
}

Result<std::vector<std::string>> facts_of_formula(std::string_view formula) {
  std::vector<std::string> names;
  const FactLookup collect = [&](std::string_view name) -> std::optional<double> {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    return 1.6180339887 *
           static_cast<double>(
               names.size());  // arbitrary: makes no difference of facts 0, so no divisor
  };
  TK_TRY_VOID(evaluate_formula(formula, collect));
  return names;
}

std::string number_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 9e15) {
    return std::to_string(static_cast<long long>(value));
  }
  return fmt::format("{}", value);
}

}  // namespace tusker
