#include "agent/join.h"

#include <boost/json.hpp>

#include "agent/host_facts.h"
#include "agent/server_port.h"
#include "base/ids.h"
#include "base/text.h"

namespace tusker {
namespace {

namespace json = boost::json;

constexpr Duration kJoinLimit = std::chrono::seconds(20);

// "tkj1.<fingerprint of the authority>.<secret>"
Result<std::string> fingerprint_in(std::string_view token, const std::string& file) {
  static constexpr std::string_view kPrefix = "tkj1.";
  static constexpr std::size_t kFingerprint = 64;
  const bool good = token.size() > kPrefix.size() + kFingerprint + 1 &&
                    token.starts_with(kPrefix) && token[kPrefix.size() + kFingerprint] == '.';
  if (!good)
    return Error::make(ErrorCode::InvalidArgument,
                       "{}: expected a join token, tkj1.…; copy it from the server again",
                       file);
  return std::string(token.substr(kPrefix.size(), kFingerprint));
}

Result<std::string> read_token(const std::string& file) {
  TK_TRY(std::string token, read_file(file, 4096).context("read the join token"));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' '))
    token.pop_back();
  return token;
}

Result<AgentIdentity> parse_answer(const HttpReply& reply, std::string key_pem) {
  if (reply.status == 403)
    return Error(ErrorCode::PermissionDenied, as_message_text(reply.body, 300));
  if (reply.status >= 500 && reply.status != 507)
    return Error(ErrorCode::Unavailable, as_message_text(reply.body, 300));
  if (reply.status != 200)
    return Error(ErrorCode::InvalidArgument, as_message_text(reply.body, 300));
  boost::system::error_code failure;
  const json::value value = json::parse(reply.body, failure);
  const json::object* answer = failure ? nullptr : value.if_object();
  const auto take = [answer](std::string_view name) {
    const json::value* found = answer == nullptr ? nullptr : answer->if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
  };
  AgentIdentity identity;
  identity.host_id = take("host_id");
  identity.installation = take("installation");
  identity.ca_pem = take("ca");
  identity.tls = {take("certificate"), std::move(key_pem)};
  if (!is_uuid(identity.host_id) || identity.ca_pem.empty() ||
      identity.tls.certificate_pem.empty()) {
    return Error(ErrorCode::Corrupt,
                 "the server's answer has no host_id, certificate or ca; is it a tusker server of "
                 "this version?");
  }
  return identity;
}

}  // namespace

Result<AgentIdentity> join_installation(const std::string& server,
                                        const std::string& token_file,
                                        const std::string& host_name,
                                        const std::function<bool()>& cancelled) {
  TK_TRY(const std::string token, read_token(token_file));
  TK_TRY(const std::string fingerprint, fingerprint_in(token, token_file));
  TK_TRY(const ServerPort port, ServerPort::to_join(server, fingerprint));
  TK_TRY(std::string key, make_private_key());
  TK_TRY(const std::string request, make_signing_request(key, host_name));

  json::object body;
  body["token"] = token;
  body["host_name"] = host_name;
  body["csr"] = request;
  json::array routes;
  const link::HostFacts facts = read_host_facts("/", host_name);
  for (const std::string& route : facts.routes()) routes.emplace_back(route);
  body["routes"] = std::move(routes);

  HttpCall call = port.call("/join");
  call.method = "POST";
  call.headers = {{"Content-Type", "application/json"}};
  call.body = json::serialize(body);
  call.timeout = kJoinLimit;
  TK_TRY(const HttpReply reply, fetch(std::move(call), cancelled));
  return parse_answer(reply, std::move(key));
}

}  // namespace tusker
