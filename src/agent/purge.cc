#include "agent/purge.h"

#include <unistd.h>

#include <filesystem>
#include <set>

#include "agent/cgroups.h"
#include "agent/firewall.h"
#include "agent/host_layout.h"
#include "agent/identity.h"
#include "agent/loop_device.h"
#include "agent/mounts.h"
#include "agent/netlink.h"
#include "agent/node_maker.h"
#include "agent/runc.h"
#include "base/file.h"
#include "base/ids.h"

namespace tusker {
namespace {

using Told = std::function<void(std::string_view)>;

// Node ids that left anything: data, a run folder, or a container.
std::set<std::string> nodes_with_traces(const HostLayout& host) {
  std::set<std::string> ids;
  for (const std::string& folder : {host.nodes(), host.run + "/nodes", host.runc_root()}) {
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
      if (is_node_id(entry.path().filename().string()))
        ids.insert(entry.path().filename().string());
    }
  }
  return ids;
}

Status remove_bridge(const HostLayout& host, const Told& removed) {
  if (interface_index(host.bridge()) == 0) return ok_status();
  TK_TRY(Netlink netlink, Netlink::open());
  std::error_code failure;
  for (const auto& port :
       std::filesystem::directory_iterator("/sys/class/net/" + host.bridge() + "/brif", failure)) {
    TK_TRY_VOID(netlink.delete_link(port.path().filename().string()));
  }
  TK_TRY_VOID(netlink.delete_link(host.bridge()));
  removed("bridge " + host.bridge());
  return ok_status();
}

Status remove_cgroups(const HostLayout& host, const Told& removed) {
  if (!cgroup_folders(host.cgroup()).empty()) {
    TK_TRY_VOID(remove_cgroup(host.cgroup()));
    removed("cgroup " + host.cgroup());
  }
  // The parent of all agents' cgroups goes with the last of them.
  for (const std::string& folder : cgroup_folders("/tusker")) ::rmdir(folder.c_str());
  return ok_status();
}

Status remove_host(const HostLayout& host, ProcessRunner& runner, const Told& removed) {
  const Runc runc(host, runner);
  TK_TRY_VOID(runc.settle());
  for (const std::string& id : nodes_with_traces(host)) {
    TK_TRY_VOID(remove_node(host, runc, id).context("node {}", id));
    removed("node " + id);
  }
  TK_TRY_VOID(remove_bridge(host, removed));
  TK_TRY_VOID(Firewall(host, runner).remove());
  TK_TRY_VOID(remove_cgroups(host, removed));
  TK_TRY_VOID(unmount_below(host.run));
  if (path_exists(host.run)) {
    TK_TRY_VOID(remove_tree(host.run));
    removed("run folder " + host.run);
  }
  return ok_status();
}

}  // namespace

Status purge_agent(const std::string& data,
                   const std::string& run_folder,
                   ProcessRunner& runner,
                   const std::function<void(std::string_view)>& removed) {
  const std::string folder = data + "/agent";
  if (!path_exists(folder)) return ok_status();
  TK_TRY(const UniqueFd lock, lock_agent_folder(folder));
  TK_TRY(const std::string host_id, load_host_id(folder));
  if (!host_id.empty()) {
    TK_TRY(const HostLayout host, HostLayout::make(data, run_folder, host_id));
    TK_TRY_VOID(remove_host(host, runner, removed));
    ::rmdir(run_folder.c_str());  // shared by all agents: goes when it is empty
  }
  TK_TRY_VOID(unmount_below(folder));
  loops_gone(folder, std::chrono::seconds(5));
  // agent.json last: until everything else is gone, it says whose traces are to be removed.
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.path().filename() != "agent.json") TK_TRY_VOID(remove_tree(entry.path().string()));
  }
  TK_TRY_VOID(remove_tree(folder));
  removed("files in " + folder);
  return ok_status();
}

}  // namespace tusker
