#include "agent/node_maker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "agent/cgroups.h"
#include "agent/disk.h"
#include "agent/kept_logs.h"
#include "agent/loop_device.h"
#include "agent/mounts.h"
#include "agent/network.h"
#include "agent/node_tasks.h"
#include "agent/oci_config.h"
#include "agent/recording_runner.h"
#include "agent/rendered_files.h"
#include "agent/safe_folder.h"
#include "agent/service_folder.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxHostname = 64;  // of the kernel

// One node being made: the steps, in the order in which they depend on each other.
class Making {
 public:
  Making(const NodeTools& tools, const NodeOrder& order)
      : tools_(tools), order_(order), node_(tools.host, order.node.id()), runner_(tools.runner) {}

  NodeMade carry_out();

 private:
  struct Step {
    const char* what;
    Status (Making::*act)();
  };
  template <std::size_t N>
  bool pass(const std::array<Step, N>& steps, NodeMade& made);

  Status check() { return order_.check(); }
  Status fetch_artifacts();
  Status read_users();
  Status clear_remains();
  Status make_disks();
  Status mount_root();
  Status make_network();
  Status render_files();
  Status write_services();
  Status write_tasks() { return start_tasks(node_, order_.node, *users_, tools_.oom); }
  Status prepare_folders();
  Status start_container();

  std::string image_root() const {
    return tools_.artifacts.path(order_.artifacts.at(order_.node.image()));
  }
  std::string temporary_place() const;
  ContainerSpec spec() const;
  std::vector<BindMount> bind_mounts() const;
  Result<std::string> content_of(const std::string& path);

  const NodeTools& tools_;
  const NodeOrder& order_;
  const NodeLayout node_;
  RecordingRunner runner_;
  std::optional<ImageUsers> users_;
};

bool is_permanent(ErrorCode code) {
  return code == ErrorCode::InvalidArgument || code == ErrorCode::Unsupported ||
         code == ErrorCode::PermissionDenied;
}

Status check_mount(const link::Mount& mount) {
  const std::string& path = mount.path();
  if (path.size() < 2 || path.front() != '/' || !is_safe_relative(path.substr(1))) {
    return Error::make(ErrorCode::InvalidArgument,
                       "mount: expected an absolute path without .., found '{:.100}'",
                       path);
  }
  for (const std::string_view taken : {"/proc", "/sys", "/dev", "/run", "/etc/tusker"}) {
    if (path == taken || path.starts_with(std::string(taken) + "/")) {
      return Error::make(ErrorCode::InvalidArgument,
                         "mount: {} is below {}, which is the node's own",
                         path,
                         taken);
    }
  }
  return ok_status();
}

}  // namespace

Status NodeOrder::check() const {
  if (!is_node_id(node.id())) {
    return Error::make(
        ErrorCode::InvalidArgument, "node: expected an id emr-vm-…, found '{:.40}'", node.id());
  }
  TK_TRY(const Ipv4 address, Ipv4::parse(node.address()));
  if (!subnet.contains(address) || address == subnet.base || address == subnet.first()) {
    return Error::make(ErrorCode::InvalidArgument,
                       "address: expected one of {}/{} for a node, found {}",
                       subnet.base.text(),
                       subnet.prefix,
                       node.address());
  }
  const auto image = artifacts.find(node.image());
  if (image == artifacts.end() || image->second.kind != ArtifactKind::Squashfs) {
    return Error::make(ErrorCode::InvalidArgument,
                       "image: expected the digest of a squashfs artifact, found '{:.80}'",
                       node.image());
  }
  for (const link::Mount& mount : node.mounts()) {
    TK_TRY_VOID(check_mount(mount));
    if (artifacts.count(mount.digest()) == 0) {
      return Error::make(ErrorCode::InvalidArgument,
                         "mount {}: '{:.80}' is not among the artifacts",
                         mount.path(),
                         mount.digest());
    }
  }
  return ok_status();
}

namespace {

template <std::size_t N>
bool Making::pass(const std::array<Step, N>& steps, NodeMade& made) {
  for (const Step& step : steps) {
    runner_.forget();
    const Status status = (this->*step.act)();
    if (status.ok()) continue;
    link::Failure failure;
    failure.set_what(step.what);
    failure.set_message(as_message_text(status.error().message()));
    failure.set_command(as_message_text(runner_.failed_command()));
    failure.set_exit_code(runner_.failed_command().empty() ? 0 : runner_.failed_exit_code());
    failure.set_permanent(is_permanent(status.error().code()));
    made.failure = std::move(failure);
    return false;
  }
  return true;
}

NodeMade Making::carry_out() {
  static constexpr std::array<Step, 3> kPrepare = {
      {{"check the node", &Making::check},
       {"fetch artifacts", &Making::fetch_artifacts},
       {"read the image's users", &Making::read_users}}};
  static constexpr std::array<Step, 3> kUpdate = {{{"put files in place", &Making::render_files},
                                                   {"set up roles", &Making::write_services},
                                                   {"start tasks", &Making::write_tasks}}};
  static constexpr std::array<Step, 9> kMake = {
      {{"remove what is left of the container", &Making::clear_remains},
       {"make disks", &Making::make_disks},
       {"make the root file system", &Making::mount_root},
       {"make the network", &Making::make_network},
       {"put files in place", &Making::render_files},
       {"set up roles", &Making::write_services},
       {"make folders", &Making::prepare_folders},
       {"start tasks", &Making::write_tasks},
       {"start container", &Making::start_container}}};
  NodeMade made;
  if (is_node_id(order_.node.id())) made.container = tools_.runc.find(node_);
  if (pass(kPrepare, made)) {
    if (made.container) {
      pass(kUpdate, made);
    } else if (pass(kMake, made)) {
      made.container = tools_.runc.find(node_);
      if (!made.container) {
        made.failure.emplace();
        made.failure->set_what("start container");
        made.failure->set_message("runc started it, and its first process ended at once");
      }
    }
  }
  if (is_node_id(order_.node.id())) made.files_digest = files_in_force(node_);
  return made;
}

Status Making::fetch_artifacts() {
  for (const auto& [digest, artifact] : order_.artifacts)
    TK_TRY_VOID(tools_.artifacts.ensure(artifact));
  return ok_status();
}

Status Making::read_users() {
  TK_TRY(users_, ImageUsers::read(image_root()));
  return ok_status();
}

// Disks stay mounted and as they are; all else is only good for the container that is gone.
Status Making::clear_remains() {
  TK_TRY_VOID(tools_.runc.remove(node_));
  TK_TRY_VOID(remove_node_network(tools_.host, node_));
  TK_TRY_VOID(unmount_below(node_.root()));
  for (const char* folder : {"/root", "/upper", "/work"})
    TK_TRY_VOID(remove_tree(node_.folder + folder));
  TK_TRY_VOID(clear_files(node_));
  TK_TRY_VOID(remove_tree(node_.run));
  TK_TRY_VOID(ensure_directory(tools_.host.nodes(), 0700));
  TK_TRY_VOID(ensure_directory(node_.folder, 0700));
  return ensure_directory(node_.run, 0700);
}

// Seeds are among the rendered files: small, named by the directories that want them.
Result<std::string> Making::content_of(const std::string& path) {
  for (const link::File& file : order_.node.files()) {
    if (file.path() != path) continue;
    return file.digest().empty() || !file.content().empty()
               ? Result<std::string>(file.content())
               : tools_.artifacts.content(file.digest());
  }
  return Error::make(ErrorCode::InvalidArgument,
                     "seed: expected the name of one of the node's files, found '{:.80}'",
                     path);
}

Status Making::make_disks() {
  for (const link::Disk& disk : order_.node.disks()) {
    TK_TRY_VOID(ensure_disk(node_, disk, runner_).context("disk {}", disk.name()));
    TK_TRY_VOID(ensure_directories(
        node_, disk, *users_, [this](const std::string& name) { return content_of(name); }));
  }
  return ok_status();
}

Status Making::mount_root() {
  for (const char* folder : {"/root", "/upper", "/work"})
    TK_TRY_VOID(ensure_directory(node_.folder + folder, 0755));
  return mount_overlay(image_root(), node_.folder + "/upper", node_.folder + "/work", node_.root());
}

Status Making::make_network() {
  TK_TRY(const Ipv4 address, Ipv4::parse(order_.node.address()));
  return make_node_network(tools_.host, node_, address, order_.subnet.first());
}

Status Making::render_files() {
  TK_TRY_VOID(ensure_secrets(node_, order_.node.files()));
  TK_TRY(const std::string digest,
         ensure_files(node_, order_.node.files(), [this](const std::string& wanted) {
           return tools_.artifacts.content(wanted);
         }));
  return ok_status();
}

Status Making::write_services() {
  TK_TRY_VOID(ensure_directory(tools_.host.folder + "/logs", 0755));
  TK_TRY_VOID(ensure_directory(node_.logs, 0755));
  TK_TRY_VOID(remember_owner(tools_.host, order_.node));
  // s6-log would make its folder readable by root only.
  for (const link::Role& role : order_.node.roles()) {
    if (is_safe_relative(role.name()) && role.name().find('/') == std::string::npos) {
      TK_TRY_VOID(ensure_directory(node_.logs + "/" + role.name(), 0755));
    }
  }
  return write_role_services(node_, order_.node, *users_, tools_.oom);
}

// On the first disk, so that what users put there is bounded; without a disk, beside the root file
// system.
std::string Making::temporary_place() const {
  return order_.node.disks().empty() ? node_.folder
                                     : node_.disk_mount(order_.node.disks(0).name()) + "/.tusker";
}

// Nothing of the node runs now. What it left on its disk may be links: none is followed.
Status Making::prepare_folders() {
  TK_TRY_VOID(make_tasks_folder(node_, order_.node));
  TK_TRY_VOID(forget_tasks_before_roles(node_, order_.node));
  const std::string place = temporary_place();
  const std::size_t last = place.rfind('/');
  TK_TRY(const PinnedFolder pinned,
         PinnedFolder::make(place.substr(0, last), place.substr(last + 1)));
  TK_TRY_VOID(remove_tree(pinned.file("tmp")));
  return ensure_directory(pinned.file("tmp"), 01777);
}

std::vector<BindMount> Making::bind_mounts() const {
  std::vector<BindMount> mounts = {{node_.files(), "/etc/tusker", true},
                                   {node_.service(), "/run/tusker/service", false},
                                   {node_.secrets(), "/run/tusker/secrets", true},
                                   {tasks_folder(node_, order_.node), "/run/tusker/tasks", false},
                                   {node_.logs, "/var/log/tusker", false},
                                   {temporary_place() + "/tmp", "/tmp", false}};
  for (const link::Disk& disk : order_.node.disks()) {
    mounts.push_back({node_.disk_mount(disk.name()), "/data/" + disk.name(), false});
  }
  for (const link::Mount& mount : order_.node.mounts()) {
    mounts.push_back(
        {tools_.artifacts.path(order_.artifacts.at(mount.digest())), mount.path(), true});
  }
  return mounts;
}

ContainerSpec Making::spec() const {
  const link::Node& wanted = order_.node;
  ContainerSpec spec;
  spec.hostname = wanted.hostname();
  if (spec.hostname.size() > kMaxHostname)
    spec.hostname.resize(std::min(kMaxHostname, spec.hostname.find('.')));
  spec.root = node_.root();
  spec.network_namespace = node_.network();
  spec.cgroup = node_.cgroup;
  spec.mounts = bind_mounts();
  spec.environment = base_environment();
  spec.argv = {"s6-svscan", "/run/tusker/service"};
  spec.memory_bytes = wanted.limits().memory_bytes();
  spec.limit_swap = swap_can_be_limited();
  spec.cpu_shares = wanted.limits().cpu_shares();
  spec.pids = wanted.limits().pids();
  spec.nofile = wanted.limits().nofile() == 0
                    ? tools_.max_nofile
                    : std::min(wanted.limits().nofile(), tools_.max_nofile);
  spec.oom_score_adj = tools_.oom.lowest(wanted);
  return spec;
}

Status Making::start_container() {
  const std::string path = node_.folder + "/config.json";
  const std::string config = container_config(spec());
  TK_TRY_VOID(put_file(path, config, 0600));
  return tools_.runc.run(node_);
}

}  // namespace

NodeMade make_node(const NodeTools& tools, const NodeOrder& order) {
  return Making(tools, order).carry_out();
}

Status remove_node(const HostLayout& host, const Runc& runc, const std::string& id) {
  if (!is_node_id(id)) {
    return Error::make(
        ErrorCode::InvalidArgument, "removed: expected a node id emr-vm-…, found '{:.40}'", id);
  }
  const NodeLayout node(host, id);
  TK_TRY_VOID(runc.remove(node));
  TK_TRY_VOID(remove_node_network(host, node));
  TK_TRY_VOID(unmount_below(node.folder));
  TK_TRY_VOID(unmount_below(node.run));
  TK_TRY_VOID(remove_tree(node.run));
  loops_gone(node.folder, std::chrono::seconds(2));
  return remove_tree(node.folder);
}

}  // namespace tusker
