#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusker {

// Text of a program as it may stand in a message: valid UTF-8 without control characters, others
// replaced by '?'; cut at `limit` bytes.
std::string as_message_text(std::string_view bytes, std::size_t limit = 2000);

// The last lines of a file, read from its end: at most `count`, from its last `bytes`. Empty if
// there is no such file.
std::vector<std::string> last_lines(const std::string& path,
                                    std::size_t count,
                                    std::size_t bytes = 64 << 10);

// One word of a command line for POSIX sh, in single quotes: reads back as exactly these bytes.
std::string shell_quoted(std::string_view word);

}  // namespace tusker
