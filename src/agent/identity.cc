#include "agent/identity.h"

#include <fcntl.h>
#include <sys/file.h>

#include <boost/json.hpp>
#include <cerrno>

#include "base/ids.h"

namespace tusker {
namespace {

namespace json = boost::json;

Result<json::object> load_description(const std::string& folder) {
  const std::string path = folder + "/agent.json";
  TK_TRY(const std::string text, read_file(path, 1 << 16));
  boost::system::error_code failure;
  json::value value = json::parse(text, failure);
  if (failure || !value.is_object()) {
    return Error::make(
        ErrorCode::Corrupt,
        "{}: expected JSON of an agent that joined; restore the file or purge the agent",
        path);
  }
  return std::move(value.as_object());
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

}  // namespace

Result<std::string> load_host_id(const std::string& folder) {
  if (!path_exists(folder + "/agent.json")) return std::string();
  TK_TRY(const json::object description, load_description(folder));
  std::string id = text_of(description, "host_id");
  if (!is_uuid(id))
    return Error::make(
        ErrorCode::Corrupt, "{}/agent.json: expected host_id, a UUID, found '{:.40}'", folder, id);
  return id;
}

Result<std::optional<AgentIdentity>> load_agent_identity(const std::string& folder) {
  if (!path_exists(folder + "/agent.json")) return std::optional<AgentIdentity>();
  AgentIdentity identity;
  TK_TRY(identity.host_id, load_host_id(folder));
  TK_TRY(const json::object description, load_description(folder));
  identity.installation = text_of(description, "installation");
  TK_TRY(identity.tls, read_identity(folder + "/agent.crt", folder + "/agent.key"));
  TK_TRY(identity.ca_pem, read_file(folder + "/ca.crt", 1 << 16));
  return std::optional<AgentIdentity>(std::move(identity));
}

Status save_agent_identity(const std::string& folder, const AgentIdentity& identity) {
  TK_TRY_VOID(write_identity(identity.tls, folder + "/agent.crt", folder + "/agent.key"));
  TK_TRY_VOID(write_file_atomic(folder + "/ca.crt", identity.ca_pem, 0600));
  json::object description;
  description["host_id"] = identity.host_id;
  description["installation"] = identity.installation;
  return write_file_atomic(folder + "/agent.json", json::serialize(description) + "\n", 0600);
}

Result<UniqueFd> lock_agent_folder(const std::string& folder) {
  UniqueFd lock(::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return Error::from_errno(errno, folder + "/lock");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error::make(
        ErrorCode::Busy, "{}: an agent runs on this data folder; stop it first", folder);
  }
  return lock;
}

}  // namespace tusker
