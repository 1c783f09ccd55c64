#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tusker {

// Writers of the file formats that daemons read. Each escapes whatever its format gives a meaning,
// so that no value becomes structure. Input is UTF-8 without control characters other than tab and
// line ends. Keys come out in the map's order. Pure.

// Hadoop's XML configuration.
std::string render_xml(const std::map<std::string, std::string>& values);

// java.util.Properties: ISO 8859-1 with \uXXXX.
std::string render_properties(const std::map<std::string, std::string>& values);

// An argument file of the java launcher: one argument a line, quoted where needed.
std::string render_arguments(const std::vector<std::string>& arguments);

}  // namespace tusker
