#include "cli/service_user.h"

#include <grp.h>
#include <pwd.h>

#include <vector>

#include "base/encoding.h"

namespace tusker::cli {

namespace {

constexpr uid_t kFirst = 61200;
constexpr uid_t kCount = 800;

bool has_account(uid_t number) {
  std::vector<char> buffer(16384);
  passwd user{};
  passwd* found_user = nullptr;
  ::getpwuid_r(number, &user, buffer.data(), buffer.size(), &found_user);
  if (found_user != nullptr) return true;
  group entry{};
  group* found_group = nullptr;
  ::getgrgid_r(number, &entry, buffer.data(), buffer.size(), &found_group);
  return found_group != nullptr;
}

}  // namespace

std::pair<uid_t, gid_t> service_user(const std::string& data) {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r("tusker", &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) return {found->pw_uid, found->pw_gid};
  const Sha256Digest digest = sha256(data);
  uid_t offset = (static_cast<uid_t>(digest[0]) << 8U | digest[1]) % kCount;
  // Numbers that somebody has taken are passed over; 800 taken ones in a row do not happen.
  for (uid_t tried = 0; tried < kCount && has_account(kFirst + offset); ++tried)
    offset = (offset + 1) % kCount;
  return {kFirst + offset, kFirst + offset};
}

}  // namespace tusker::cli
