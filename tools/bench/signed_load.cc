// Sends freshly signed DescribeInstances calls over kept connections for some seconds, and prints
// how many a server answers for each second of CPU that it used.
//
//   signed_load ADDRESS PORT PID SECONDS CONNECTIONS KEY_FILE
//
// PID is the server's (its workers' for nginx), whose user and system time is read before and
// after. The same bytes can be sent to any HTTP server: one that does not know signatures ignores
// them. Only ever to the loopback interface.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "api/sign.h"
#include "base/clock.h"
#include "base/file.h"

namespace {

using tusker::api::Credential;

struct Load {
  std::string address;
  int port = 0;
  int pid = 0;
  int seconds = 0;
  int connections = 0;
  Credential credential;
};

struct Connection {
  int fd = -1;
  std::string received;
  std::size_t expected = 0;  // bytes of the whole answer, 0 while its head is not complete
};

struct Counts {
  std::uint64_t answers = 0;
  std::uint64_t bytes = 0;
  std::uint64_t refused = 0;  // answers that are not what was asked for
};

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "signed_load: %s\n", message.c_str());
  std::exit(2);
}

// User and system time of a process in seconds, proc(5).
double cpu_seconds(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Every request is signed anew: its query has a number of its own, so no signature is seen twice.
std::string make_request(const Load& load, std::uint64_t number, tusker::WallTime now) {
  const std::string host = load.address + ":" + std::to_string(load.port);
  const std::string query =
      "DisplayStrategy=clusterList&Limit=100&Offset=0&ProjectId=-1&OrderField=addTime&Asc=" +
      std::to_string(number % 2);
  tusker::api::Tc3Request signing;
  signing.method = "GET";
  signing.host = host;
  signing.content_type = "application/x-www-form-urlencoded";
  signing.query = query;
  // Seconds within the allowed window, so that canonical requests differ as those of many clients
  // do.
  signing.now = tusker::WallTime{now.ms - static_cast<std::int64_t>(number % 200) * 1000};
  const tusker::api::Tc3Headers headers = sign_tc3(load.credential, signing);
  return "GET /?" + query + " HTTP/1.1\r\nHost: " + host +
         "\r\nContent-Type: application/x-www-form-urlencoded\r\nX-TC-Action: "
         "DescribeInstances\r\nX-TC-Version: 2019-01-03\r\n"
         "X-TC-Region: local\r\nX-TC-Timestamp: " +
         headers.timestamp + "\r\nAuthorization: " + headers.authorization + "\r\n\r\n";
}

int connect_to(const Load& load) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(load.port));
  if (::inet_pton(AF_INET, load.address.c_str(), &to.sin_addr) != 1 ||
      (ntohl(to.sin_addr.s_addr) >> 24) != 127) {
    fail("only to 127.0.0.0/8");
  }
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("cannot connect");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("the server closed a connection");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Whether the answer is whole; both servers send Content-Length.
bool complete(Connection& connection) {
  if (connection.expected == 0) {
    const std::size_t end = connection.received.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t at = connection.received.find("Content-Length: ");
    if (at == std::string::npos || at > end)
      fail("an answer without Content-Length: " + connection.received.substr(0, 300));
    connection.expected =
        end + 4 + std::strtoul(connection.received.c_str() + at + 16, nullptr, 10);
  }
  return connection.received.size() >= connection.expected;
}

Counts run(const Load& load) {
  const tusker::SystemClock clock;
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections(static_cast<std::size_t>(load.connections));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < connections.size(); ++i) {
    connections[i].fd = connect_to(load);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
    send_all(connections[i].fd, make_request(load, ++number, clock.wall()));
  }
  Counts counts;
  const tusker::Time end = clock.now() + std::chrono::seconds(load.seconds);
  std::vector<char> block(1 << 16);
  while (clock.now() < end) {
    epoll_event events[64];
    const int n = ::epoll_wait(epoll, events, 64, 100);
    for (int i = 0; i < n; ++i) {
      Connection& connection = connections[events[i].data.u64];
      const ssize_t got = ::read(connection.fd, block.data(), block.size());
      if (got <= 0) fail("the server closed a connection");
      connection.received.append(block.data(), static_cast<std::size_t>(got));
      if (!complete(connection)) continue;
      ++counts.answers;
      counts.bytes += connection.received.size();
      if (connection.received.find("\"Error\":") != std::string::npos) {
        if (counts.refused++ == 0)
          std::fprintf(stderr, "refused: %s\n", connection.received.substr(0, 600).c_str());
      }
      connection.received.clear();
      connection.expected = 0;
      send_all(connection.fd, make_request(load, ++number, clock.wall()));
    }
  }
  for (const Connection& connection : connections) ::close(connection.fd);
  ::close(epoll);
  return counts;
}

Credential read_key(const std::string& path) {
  const auto text = tusker::read_file(path);
  if (!text.ok()) fail(text.error().message());
  const boost::json::value key = boost::json::parse(*text);
  return {boost::json::value_to<std::string>(key.at("SecretId")),
          boost::json::value_to<std::string>(key.at("SecretKey"))};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) fail("ADDRESS PORT PID SECONDS CONNECTIONS KEY_FILE");
  const Load load{argv[1],
                  std::atoi(argv[2]),
                  std::atoi(argv[3]),
                  std::atoi(argv[4]),
                  std::atoi(argv[5]),
                  read_key(argv[6])};
  const double before = cpu_seconds(load.pid);
  const Counts counts = run(load);
  const double used = cpu_seconds(load.pid) - before;
  std::printf(
      "requests=%llu refused=%llu bytes_each=%llu cpu_s=%.2f per_cpu_s=%.0f\n",
      static_cast<unsigned long long>(counts.answers),
      static_cast<unsigned long long>(counts.refused),
      static_cast<unsigned long long>(counts.answers == 0 ? 0 : counts.bytes / counts.answers),
      used,
      used > 0 ? static_cast<double>(counts.answers) / used : 0.0);
  return counts.refused == 0 && counts.answers > 0 ? 0 : 1;
}
