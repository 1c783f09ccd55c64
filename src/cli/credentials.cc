#include "cli/credentials.h"

#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "base/file.h"
#include "cli/json_text.h"

namespace tusker::cli {

std::string Access::endpoint() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

Status parse_endpoint(std::string_view text, Access& into) {
  const Error wrong = Error::make(ErrorCode::InvalidArgument,
                                  "the server's address must be like http://127.0.0.1:8520, found "
                                  "'{}'; set TUSKER_ENDPOINT accordingly",
                                  text);
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    return Error::make(
        ErrorCode::Unsupported,
        "{}: this server speaks plain HTTP; use an http:// address on this machine, or "
        "a tunnel (ssh -L) to another",
        text);
  }
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong;
  std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) return wrong;
  if (host.empty() || host.find_first_of("/@ []") != std::string_view::npos) return wrong;
  std::uint16_t number = 0;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (failure != std::errc() || end != port.data() + port.size() || number == 0) return wrong;
  into.host = std::string(host);
  into.port = number;
  return ok_status();
}

namespace {

Error not_reachable(Error error, const std::string& path) {
  switch (error.code()) {
    case ErrorCode::NotFound:
      return Error::make(
          ErrorCode::Unavailable,
          "no server runs here yet ({} does not exist). Start one with `tusker up`, or "
          "say where it is: TUSKER_ENDPOINT, TUSKER_SECRET_ID and TUSKER_SECRET_KEY",
          path);
    case ErrorCode::PermissionDenied:
      return Error::make(
          ErrorCode::PermissionDenied,
          "the key in {} is for root only. Either use sudo, or take the key over into "
          "this shell: eval \"$(sudo tusker env)\"",
          path);
    default:
      return error;
  }
}

Status read_endpoint(const std::string& data, Access& into) {
  const std::string path = data + "/server/endpoint";
  Result<std::string> text = read_file(path, 4096);
  if (!text.ok()) return not_reachable(std::move(text).error(), path);
  return parse_endpoint(text->substr(0, text->find('\n')), into).context("{}", path);
}

Status read_key(const std::string& data, Access& into) {
  const std::string path = data + "/server/root-key.json";
  Result<std::string> text = read_file(path, 1 << 16);
  if (!text.ok()) return not_reachable(std::move(text).error(), path);
  TK_TRY(const boost::json::value parsed, parse_json(*text, path));
  if (parsed.is_object()) {
    into.secret_id = text_at(parsed.get_object(), "SecretId");
    into.secret_key = text_at(parsed.get_object(), "SecretKey");
  }
  if (into.secret_id.empty() || into.secret_key.empty()) {
    return Error::make(ErrorCode::Corrupt, "{}: expected SecretId and SecretKey", path);
  }
  return ok_status();
}

std::optional<std::string> variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace

Result<Access> find_access(const Environment& environment, const std::string& data) {
  Access access;
  if (const auto region = variable(environment, "TUSKER_REGION")) access.region = *region;
  const auto id = variable(environment, "TUSKER_SECRET_ID");
  const auto key = variable(environment, "TUSKER_SECRET_KEY");
  if (id.has_value() != key.has_value()) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "{} is set and {} is not; set both, or neither to use this machine's own key",
        id ? "TUSKER_SECRET_ID" : "TUSKER_SECRET_KEY",
        id ? "TUSKER_SECRET_KEY" : "TUSKER_SECRET_ID");
  }
  const auto endpoint = variable(environment, "TUSKER_ENDPOINT");
  if (endpoint && !id) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "TUSKER_ENDPOINT is set and no key: set TUSKER_SECRET_ID and TUSKER_SECRET_KEY "
        "too (this machine's own key is not sent to another server)");
  }
  if (endpoint) {
    TK_TRY_VOID(parse_endpoint(*endpoint, access));
  } else {
    TK_TRY_VOID(read_endpoint(data, access));
  }
  if (id) {
    access.secret_id = *id;
    access.secret_key = *key;
  } else {
    TK_TRY_VOID(read_key(data, access));
  }
  return access;
}

Result<Access> read_access(const std::string& data) {
  Access access;
  TK_TRY_VOID(read_endpoint(data, access));
  TK_TRY_VOID(read_key(data, access));
  return access;
}

}  // namespace tusker::cli
