#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace tusker::cli {

// PlanInstance's answer for a person: nodes with addresses and roles, what each host gives,
// warnings.
std::string render_plan(const boost::json::object& plan);

}  // namespace tusker::cli
