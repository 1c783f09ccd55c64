#include "cli/env_lines.h"

#include "base/text.h"
#include "cli/words.h"

namespace tusker::cli {

std::string export_line(std::string_view name, std::string_view value) {
  return fmt::format("export {}={}\n", name, shell_quoted(value));
}

std::string own_env_lines(const Access& access) {
  return export_line("TUSKER_ENDPOINT", access.endpoint()) +
         export_line("TUSKER_SECRET_ID", access.secret_id) +
         export_line("TUSKER_SECRET_KEY", access.secret_key) +
         export_line("TUSKER_REGION", access.region);
}

}  // namespace tusker::cli
