#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/console.h"

namespace tusker::cli {

inline constexpr std::string_view kDefaultData = "/var/lib/tusker";
inline constexpr std::string_view kDefaultRegion = "ap-guangzhou";

// Where the server is and who we are to it. Lives in memory only; nothing but `tusker env` prints
// it.
struct Access {
  std::string host;
  std::uint16_t port = 0;
  std::string secret_id;
  std::string secret_key;
  std::string region{kDefaultRegion};

  std::string endpoint() const;  // http://host:port
};

// "http://host:port", "host:port", with or without a slash at the end; IPv6 in brackets.
Status parse_endpoint(std::string_view text, Access& into);

// TUSKER_ENDPOINT, TUSKER_SECRET_ID, TUSKER_SECRET_KEY, TUSKER_REGION; what is missing of the first
// three is read from DATA/server/endpoint and DATA/server/root-key.json, which only root and the
// server may read.
Result<Access> find_access(const Environment& environment, const std::string& data);

// Of an installation on this machine only, whatever the environment says.
Result<Access> read_access(const std::string& data);

}  // namespace tusker::cli
