#include "api/service.h"

#include <algorithm>

#include "api/arena.h"
#include "api/decoder.h"
#include "api/envelope.h"
#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/json_reader.h"
#include "api/product.h"
#include "base/encoding.h"
#include "control/access_keys.h"
#include "control/journal.h"

namespace tusker::api {
namespace {

constexpr std::size_t kMaxQuery = 32 << 10;
constexpr std::size_t kMaxForm = 1 << 20;
constexpr std::size_t kMaxBody = 10 << 20;
constexpr std::size_t kMaxRegion = 32;

bool is_region(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return text.size() <= kMaxRegion && std::ranges::all_of(text, fits);
}

// Every name and scalar with its length before it, so that no two different requests give the same
// text.
void append_value(std::string& out, const Value& value) {
  out += fmt::format("{}{}:", value.name.size(), value.name);
  switch (value.kind) {
    case Value::Kind::Null:
      out += "n";
      break;
    case Value::Kind::Bool:
      out += value.boolean ? "t" : "f";
      break;
    case Value::Kind::Int:
      out += fmt::format("i{}", value.integer);
      break;
    case Value::Kind::Uint:
      out += fmt::format("i{}", value.natural);
      break;
    case Value::Kind::Double:
      out += fmt::format("d{}", value.real);
      break;
    case Value::Kind::String:
    case Value::Kind::Text:
      out += fmt::format("s{}:{}", value.text.size(), value.text);
      break;
    case Value::Kind::Array:
    case Value::Kind::Object:
      out += value.kind == Value::Kind::Array ? "[" : "{";
      for (const Value* child = value.first; child != nullptr; child = child->next)
        append_value(out, *child);
      out += "]";
  }
}

Error not_built(const ActionInfo& action) {
  if (action.stream) {
    return api_error(
        code::kUnsupportedOperation, "{} is a WebSocket: send it as GET /stream", action.name);
  }
  return api_error(
      code::kUnsupportedOperation,
      "{} is not built yet in this version of Tusker; nothing was done. docs/api-coverage.md lists "
      "what works",
      action.name);
}

}  // namespace

// One request on its way through the checks.
struct ApiService::Incoming {
  Arena arena;
  std::string request_id;
  CommonParameters common;
  const ActionInfo* action = nullptr;
  Caller caller;
  std::string region;
  std::string peer;
  const Value* parameters = nullptr;
};

ApiService::ApiService(Services services, ApiOptions options)
    : services_(std::move(services)),
      options_(std::move(options)),
      verifier_(services_.model, services_.sealer, services_.clock),
      limiter_(services_.clock) {}

void ApiService::handle(const ApiRequest& request, ReplyCallback done) {
  Incoming incoming;
  incoming.request_id = services_.random.uuid();
  if (const Status status = prepare(request, incoming); !status.ok()) {
    count(incoming.action, &status.error());
    ApiReply reply = make_error_reply(status.error(), incoming.request_id);
    reply.after_commit = services_.journal.current();
    return done(std::move(reply));
  }
  run(incoming, std::move(done));
}

ApiReply ApiService::reply_for(const Error& error) {
  ApiReply reply = make_error_reply(error, services_.random.uuid());
  reply.after_commit = services_.journal.current();
  return reply;
}

Status ApiService::prepare(const ApiRequest& request, Incoming& incoming) {
  TK_TRY_VOID(check_transport(request));
  TK_TRY(incoming.common, read_common_parameters(request, incoming.arena));
  TK_TRY(incoming.action, route(request, incoming.common));
  TK_TRY_VOID(authenticate(request, incoming));
  TK_TRY_VOID(admit(incoming));
  return read_body(request, incoming);
}

Status ApiService::check_transport(const ApiRequest& request) const {
  const bool post = request.method == "POST";
  if (!post && request.method != "GET") {
    return api_error(code::kUnsupportedProtocol,
                     "the method is {}; expected GET or POST",
                     cut_text(request.method, 32));
  }
  const bool form = has_content_type(request, "application/x-www-form-urlencoded");
  const std::size_t size = post ? request.body.size() : request.query.size();
  const std::size_t limit = !post ? kMaxQuery : form ? kMaxForm : kMaxBody;
  if (size > limit) {
    return api_error(code::kRequestSizeLimitExceeded,
                     "the request has {} bytes; at most {} are allowed",
                     size,
                     limit);
  }
  return ok_status();
}

Result<const ActionInfo*> ApiService::route(const ApiRequest& request,
                                            const CommonParameters& common) const {
  if (common.action.empty()) {
    return api_error(code::kMissingParameter,
                     "Action is required: the header X-TC-Action, or the parameter Action");
  }
  if (common.version.empty()) {
    return api_error(code::kMissingParameter,
                     "Version is required: the header X-TC-Version, or the parameter Version; "
                     "EMR's is 2019-01-03");
  }
  TK_TRY_VOID(check_product(find_header(request.headers, "Host"),
                            find_header(request.headers, "Authorization"),
                            common.action));
  if (!is_version(common.version)) {
    return api_error(code::kNoSuchVersion,
                     "there is no version {}; expected 2019-01-03, or 2026-11-01 for Tusker's own",
                     cut_text(common.version, 32));
  }
  const ActionInfo* const action = find_action(common.action, common.version);
  if (action == nullptr) {
    return api_error(code::kInvalidAction,
                     "version {} has no action {}",
                     common.version,
                     cut_text(common.action, 100));
  }
  return action;
}

Status ApiService::authenticate(const ApiRequest& request, Incoming& incoming) {
  TK_TRY(const store::AccessKey* const key, verifier_.verify(request, incoming.common));
  incoming.caller = {key->secret_id(), key->account(), key->read_only()};
  incoming.peer = request.peer;
  note_use(*key);
  return ok_status();
}

// So that an operator sees which keys nobody needs any more. A commit an hour for each at most, and
// none that could be the one that a full disk has no room for.
void ApiService::note_use(const store::AccessKey& key) {
  std::optional<store::AccessKey> used = used_at(key, services_.clock.wall());
  if (!used || services_.store.short_of_disk()) return;
  Change change;
  change.put(*std::move(used));
  services_.journal.commit(std::move(change));
}

// Rate, permission, region.
Status ApiService::admit(Incoming& incoming) {
  const ActionInfo& action = *incoming.action;
  const std::string_view region = incoming.common.region;
  if (!is_region(region)) {
    return api_error(code::kUnsupportedRegion,
                     "the region is no region's name; expected one like {}",
                     options_.region);
  }
  incoming.region = region.empty() ? options_.region : std::string(region);
  if (options_.rate_limit && !limiter_.take(incoming.caller.account, action, incoming.region)) {
    return api_error(code::kRequestLimitExceeded,
                     "more than {} calls of {} in a second; call less often",
                     action.calls_per_second,
                     action.name);
  }
  if (incoming.caller.read_only && (action.mutating || action.stream)) {
    return api_error(code::kUnauthorizedOperation_CheckCamAuth,
                     "key {} has no permission {}: it is read-only, so it may look at everything, "
                     "change nothing and open no stream; sign with another key",
                     incoming.caller.secret_id,
                     action.permission);
  }
  return ok_status();
}

Status ApiService::read_body(const ApiRequest& request, Incoming& incoming) const {
  if (incoming.common.scheme == SignatureScheme::V1 || request.method == "GET") {
    TK_TRY(incoming.parameters, build_object(incoming.common.own, incoming.arena));
    return ok_status();
  }
  if (!has_content_type(request, "application/json")) {
    return api_error(code::kInvalidRequest,
                     "the Content-Type of a POST signed with TC3-HMAC-SHA256 has to be "
                     "application/json; no action of "
                     "EMR takes another one");
  }
  TK_TRY(incoming.parameters, read_json(request.body, incoming.arena));
  return ok_status();
}

void ApiService::run(Incoming& incoming, ReplyCallback done) {
  const ActionInfo& action = *incoming.action;
  // Shared with the callback: an answer that needs history comes after this returned.
  const auto call = std::make_shared<Call>(
      services_, std::move(incoming.caller), incoming.region, incoming.peer, incoming.request_id);
  AnswerCallback finish = [this, call, &action, done = std::move(done)](Result<Answer> answer) {
    if (action.mutating && action.handler != nullptr) {
      record(action, *call, answer.ok() ? ok_status() : Status(answer.error()));
    }
    count(&action, answer.ok() ? nullptr : &answer.error());
    ApiReply reply = answer.ok() ? make_reply(*std::move(answer), call->request_id)
                                 : make_error_reply(answer.error(), call->request_id);
    reply.after_commit = services_.journal.current();
    done(std::move(reply));
  };
  if (action.handler == nullptr) {
    const Status valid = decode(*action.request, *incoming.parameters, nullptr);
    return finish(valid.ok() ? not_built(action) : valid.error());
  }
  if (action.mutating) {
    std::string text;
    append_value(text, *incoming.parameters);
    call->parameters_digest = sha256_hex(text);
  }
  action.handler(*incoming.parameters, *call, std::move(finish));
}

Result<NodeStream> ApiService::open_stream(const ApiRequest& request) {
  Incoming incoming;
  TK_TRY_VOID(prepare(request, incoming));
  if (!incoming.action->stream) {
    return api_error(code::kInvalidAction,
                     "{} is no stream; GET /stream takes OpenNodeStream and OpenLogStream",
                     incoming.action->name);
  }
  Call call(services_, incoming.caller, incoming.region, incoming.peer, services_.random.uuid());
  Result<NodeStream> stream = resolve_stream(incoming.action->name, *incoming.parameters, call);
  if (stream.ok()) stream->secret_id = incoming.caller.secret_id;
  count(incoming.action, stream.ok() ? nullptr : &stream.error());
  if (incoming.action->mutating)
    record(*incoming.action, call, stream.ok() ? ok_status() : Status(stream.error()));
  return stream;
}

void ApiService::count(const ActionInfo* action, const Error* error) {
  calls_.count(action == nullptr ? "unknown" : action->name,
               error == nullptr ? "OK" : api_code_of(*error));
}

void ApiService::record(const ActionInfo& action, const Call& call, const Status& outcome) {
  store::Event event;
  event.set_wall_ms(services_.clock.wall().ms);
  event.set_kind(fmt::format("api.{}", action.name));
  event.set_cluster_id(call.cluster_id);
  event.set_severity(outcome.ok() ? "info" : "warn");
  event.set_text(outcome.ok()
                     ? fmt::format("{}: accepted; request {}", action.name, call.request_id)
                     : fmt::format("{}: {}: {}; request {}",
                                   action.name,
                                   api_code_of(outcome.error()),
                                   outcome.error().message(),
                                   call.request_id));
  event.set_actor(call.caller.secret_id);
  event.set_source(call.peer);
  Change change;
  change.append_operation(event);
  services_.journal.commit(std::move(change));
}

}  // namespace tusker::api
