#pragma once

#include <string>
#include <string_view>

namespace tusker::cli {

// Where something went wrong, as commands name it; what is not known is empty.
struct Place {
  std::string cluster = {};    // name or id
  std::string node = {};       // core-1
  std::string role = {};       // DataNode
  std::string component = {};  // hdfs
};

// What a person does about a cause, with the command where there is one; empty if nobody knows.
// `cause` is any text that tells it: a message, a line of a log.
std::string remedy_for(std::string_view cause, const Place& place);

// "CAUSE; REMEDY", in the first line of the cause; what has no remedy, or names a command itself,
// stays as it is.
std::string with_remedy(std::string cause, const Place& place);

}  // namespace tusker::cli
