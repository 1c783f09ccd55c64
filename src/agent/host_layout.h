#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker {

// Where everything is that one agent owns. All of it derives from the data folder, the run folder
// and the host id, so that two agents on one kernel never touch each other's.
struct HostLayout {
  std::string host_id;  // UUID
  std::string tag;      // its first 8 hex digits
  std::string folder;   // DATA/agent
  std::string run;      // RUN/<tag>: tmpfs, empty after a reboot

  // InvalidArgument: not a UUID, or a folder with characters that overlay's mount options cannot
  // carry.
  static Result<HostLayout> make(const std::string& data,
                                 const std::string& run_folder,
                                 std::string_view host_id);

  std::string bridge() const { return "tk" + tag; }
  std::string firewall_table() const { return "tusker_" + tag; }
  std::string firewall_comment() const {
    return "tusker-" + tag;
  }  // on rules of ours in chains of others
  std::string cgroup() const { return "/tusker/" + tag; }
  std::string runc_root() const { return run + "/runc"; }
  std::string desired_file() const { return folder + "/desired.pb"; }

  std::string blob(std::string_view digest) const;            // DATA/agent/blobs/<hex>
  std::string artifact_mount(std::string_view digest) const;  // DATA/agent/mounts/<hex>
  std::string nodes() const { return folder + "/nodes"; }
  std::string logs(std::string_view node) const { return folder + "/logs/" + std::string(node); }
};

// Where everything is of one node. The id was checked with is_node_id().
struct NodeLayout {
  NodeLayout(const HostLayout& host, std::string_view node)
      : id(node),
        folder(host.nodes() + "/" + id),
        run(host.run + "/nodes/" + id),
        logs(host.logs(id)),
        cgroup(host.cgroup() + "/" + id) {}

  std::string id;
  std::string folder;  // DATA/agent/nodes/<id>: gone only when the node is removed
  std::string run;     // RUN/<tag>/nodes/<id>: made anew with each container
  std::string logs;
  std::string cgroup;

  std::string disk_image(std::string_view disk) const {
    return folder + "/disks/" + std::string(disk) + ".img";
  }
  std::string disk_mount(std::string_view disk) const {
    return folder + "/data/" + std::string(disk);
  }
  std::string root() const { return folder + "/root"; }
  std::string files() const { return folder + "/etc"; }     // /etc/tusker in the node
  std::string service() const { return run + "/service"; }  // /run/tusker/service in the node
  std::string secrets() const { return run + "/secrets"; }  // /run/tusker/secrets in the node
  std::string network() const { return run + "/netns"; }  // its network namespace, held by a mount
  std::string state(std::string_view role) const { return service() + "/" + std::string(role); }
};

}  // namespace tusker
