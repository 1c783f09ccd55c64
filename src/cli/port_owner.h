#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker::cli {

// Whether somebody listens where we want to; says who, as far as /proc tells: "127.0.0.1:7480 is in
// use by nginx (pid 812)".
Status check_port_free(const std::string& listen);

// Inode of the socket that listens on this port, from the text of /proc/net/tcp or tcp6.
std::optional<std::string> listening_inode(std::string_view proc_net_tcp, std::uint16_t port);

// The process that has this socket open.
std::optional<pid_t> process_with_socket(const std::string& inode);

}  // namespace tusker::cli
