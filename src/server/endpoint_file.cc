#include "server/endpoint_file.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/file.h"

namespace tusker::server {

namespace {

bool is_numeric_address(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace

Result<Address> parse_address_port(std::string_view text) {
  const Error bad = Error::make(ErrorCode::InvalidArgument,
                                "expected ADDRESS:PORT such as 127.0.0.1:7480, found \"{}\"",
                                text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string_view digits = text.substr(colon + 1);
  Address address{std::string(host), 0};
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (failure != std::errc() || end != digits.data() + digits.size() || digits.empty()) return bad;
  if (!is_numeric_address(address.host)) return bad;
  return address;
}

std::string to_text(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

Status write_endpoint_file(const std::string& path, const Address& api, const Address& agents) {
  return write_file_atomic(path, to_text(api) + "\n" + to_text(agents) + "\n", 0644);
}

Address keep_chosen_port(const std::string& path, const Address& wish) {
  if (wish.port != 0) return wish;
  const Result<std::string> text = read_file(path, 4096);
  if (!text.ok()) return wish;
  std::string_view second =
      std::string_view(*text).substr(std::min(text->find('\n') + 1, text->size()));
  second = second.substr(0, second.find('\n'));
  const Result<Address> last = parse_address_port(second);
  return last.ok() && last->host == wish.host ? *last : wish;
}

}  // namespace tusker::server
