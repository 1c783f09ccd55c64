#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// A user of a node image.
struct ImageUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
  std::string shell;
  std::vector<gid_t> groups;  // supplementary
};

// Users as the image's own /etc/passwd and /etc/group name them. Read from the image, which nobody
// can write, never from a node's root, which its users might.
class ImageUsers {
 public:
  static Result<ImageUsers> read(const std::string& image_root);
  static ImageUsers parse(std::string_view passwd, std::string_view group);

  // By name or by number. NotFound names the users that there are.
  Result<ImageUser> find(std::string_view name) const;

 private:
  std::map<std::string, ImageUser, std::less<>> users_;
};

// Whether a text may become a user's name in a script: [a-z_][a-z0-9_-]*, at most 32 bytes.
bool is_user_name(std::string_view text);

}  // namespace tusker
