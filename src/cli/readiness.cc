#include "cli/readiness.h"

#include <boost/json.hpp>

#include "cli/json_text.h"

namespace tusker::cli {

Readiness probe_readiness(const Session& session, const std::string& data) {
  Readiness out;
  out.waiting_for = "the server to make its key";
  Result<Access> access = read_access(data);
  if (!access.ok()) return out;
  out.endpoint = access->endpoint();
  out.waiting_for = "the server to answer at " + out.endpoint;
  ApiClient client(*std::move(access), session.clock, session.post);
  client.set_timeout(std::chrono::seconds(1));
  const Result<boost::json::object> hosts = client.call("DescribeHosts", {});
  if (!hosts.ok()) return out;
  out.server = true;
  out.waiting_for = "the agent to connect";
  for (const boost::json::value& host : array_at(*hosts, "Hosts")) {
    if (host.is_object() && flag_at(host.get_object(), "Connected")) out.agent = true;
  }
  if (!out.agent) return out;
  out.waiting_for.clear();
  const Result<boost::json::object> bundles = client.call("DescribeBundles", {});
  out.has_bundles = bundles.ok() && !array_at(*bundles, "Bundles").empty();
  return out;
}

}  // namespace tusker::cli
