#include "cli/port_owner.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "cli/credentials.h"

namespace tusker::cli {

std::optional<std::string> listening_inode(std::string_view proc_net_tcp, std::uint16_t port) {
  std::istringstream lines{std::string(proc_net_tcp)};
  std::string line;
  std::getline(lines, line);  // the heading
  const std::string wanted = fmt::format(":{:04X}", port);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
        inode;
    if (state == "0A" && local.ends_with(wanted) && !inode.empty()) return inode;
  }
  return std::nullopt;
}

std::optional<pid_t> process_with_socket(const std::string& inode) {
  const std::string wanted = "socket:[" + inode + "]";
  std::error_code failure;
  for (const auto& process : std::filesystem::directory_iterator("/proc", failure)) {
    const std::string name = process.path().filename().string();
    pid_t pid = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc() || end != name.data() + name.size()) continue;
    // Processes end and descriptors close while we look: what cannot be read is not the one.
    for (const auto& descriptor :
         std::filesystem::directory_iterator(process.path() / "fd", failure)) {
      std::error_code gone;
      if (std::filesystem::read_symlink(descriptor.path(), gone).string() == wanted) return pid;
    }
  }
  return std::nullopt;
}

namespace {

std::string owner_text(std::uint16_t port) {
  for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const Result<std::string> table = read_file(path);
    const auto inode = table.ok() ? listening_inode(*table, port) : std::nullopt;
    const auto pid = inode ? process_with_socket(*inode) : std::nullopt;
    if (!pid) continue;
    Result<std::string> name = read_file(fmt::format("/proc/{}/comm", *pid), 64);
    return fmt::format(
        "by {} (pid {})", name.ok() ? name->substr(0, name->find('\n')) : "a process", *pid);
  }
  return "by a process that /proc does not show";
}

int try_bind(const Access& address) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = v4.sin_port;
  const bool is_v4 = ::inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) != 1) return EINVAL;
  const UniqueFd fd(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return errno;
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto* raw =
      is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  const socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
  // With SO_REUSEADDR another listener shows only at listen().
  return ::bind(fd.get(), raw, size) == 0 && ::listen(fd.get(), 1) == 0 ? 0 : errno;
}

}  // namespace

Status check_port_free(const std::string& listen) {
  if (listen.ends_with(":0")) return ok_status();  // the kernel chooses one
  Access address;
  TK_TRY_VOID(parse_endpoint(listen, address).context("--listen"));
  const int failure = try_bind(address);
  if (failure == 0) return ok_status();
  if (failure == EADDRINUSE) {
    return Error::make(
        ErrorCode::AlreadyExists,
        "{} is in use {}. Stop that, or choose another port: tusker up --listen {}:PORT",
        listen,
        owner_text(address.port),
        address.host);
  }
  if (failure == EINVAL) {
    return Error::make(ErrorCode::InvalidArgument,
                       "--listen takes an address and a port, like 127.0.0.1:7480; found '{}'",
                       listen);
  }
  return Error::from_errno(
      failure, fmt::format("listen on {}: is that an address of this machine?", listen));
}

}  // namespace tusker::cli
