#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

namespace tusker {

using LogLines = google::protobuf::RepeatedPtrField<std::string>;

// The line of an ended program's log that says best why it ended; empty if none says it. What
// follows it is often longer than it: stack traces, a farewell, the failure of whoever waited.
// Pure.
std::string telling_line(const LogLines& log);

// "ended with exit code 1: java.net.BindException: …"; of a signal, which one it was.
std::string end_text(int exit_code, const LogLines& log);

}  // namespace tusker
