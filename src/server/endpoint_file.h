#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker::server {

// Where a port listens. `host` is a numeric address.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// "127.0.0.1:7480" or "[::1]:7480". InvalidArgument: anything else.
Result<Address> parse_address_port(std::string_view text);
std::string to_text(const Address& address);

// The file by which commands and the agent of this machine find the server: the API's address, then
// the agents' port's, a line each. Mode 0644 in a folder of mode 0700.
Status write_endpoint_file(const std::string& path, const Address& api, const Address& agents);

// Agents remember where to dial. So with port 0 the port of the last start is asked for again, if
// the file names one.
Address keep_chosen_port(const std::string& path, const Address& wish);

}  // namespace tusker::server
