#include "server/token_file.h"

#include "base/encoding.h"
#include "base/file.h"

namespace tusker::server {

Result<std::string> open_token_file(const std::string& path,
                                    std::string_view prefix,
                                    Random& random) {
  if (path_exists(path)) {
    TK_TRY(std::string text, read_file(path, 4096));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  std::string secret(32, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  std::string token = std::string(prefix) +
                      to_hex({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()});
  TK_TRY_VOID(write_file_atomic(path, token + "\n", 0600));
  return token;
}

}  // namespace tusker::server
