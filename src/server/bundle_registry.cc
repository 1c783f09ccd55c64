#include "server/bundle_registry.h"

#include <sys/stat.h>

#include <map>
#include <set>

#include "bundle/index.h"

namespace tusker::server {

namespace {

constexpr std::chrono::seconds kInterval{1};

store::Bundle::Kind to_kind(BundleKind kind) {
  switch (kind) {
    case BundleKind::Image:
      return store::Bundle::IMAGE;
    case BundleKind::Component:
      return store::Bundle::COMPONENT;
    case BundleKind::Archive:
      return store::Bundle::ARCHIVE;
  }
  return store::Bundle::COMPONENT;
}

store::Bundle to_row(const BundleEntry& entry) {
  store::Bundle row;
  row.set_digest(entry.digest);
  row.set_kind(to_kind(entry.kind));
  row.set_name(entry.name);
  row.set_version(entry.version);
  row.set_size(entry.size);
  row.set_archive_of_image(entry.archive_of_image);
  row.set_archive_of_bundle(entry.archive_of_bundle);
  row.set_added_wall_ms(entry.added.ms);
  for (const auto& [name, value] : entry.facts) (*row.mutable_facts())[name] = value;
  std::string class_path;
  for (const std::string& jar : entry.class_path)
    class_path += (class_path.empty() ? "" : ":") + jar;
  if (!class_path.empty()) (*row.mutable_facts())["class_path"] = class_path;
  return row;
}

std::string deterministic(const store::Bundle& row) {
  // Maps serialize in no particular order; rows are compared by what they say.
  std::string text = row.digest() + "|" + row.name() + "|" + row.version() + "|" +
                     std::to_string(row.added_wall_ms());
  const std::map<std::string, std::string> facts(row.facts().begin(), row.facts().end());
  for (const auto& [name, value] : facts) text += "|" + name + "=" + value;
  return text;
}

std::set<std::string> digests_in_use(const Model& model) {
  std::set<std::string> used;
  for (const auto& [id, node] : model.nodes()) {
    used.insert(node.image());
    for (const store::Mount& mount : node.mounts()) used.insert(mount.digest());
  }
  return used;
}

}  // namespace

BundleRegistry::BundleRegistry(
    std::string folder, const Model& model, Journal& journal, EventLoop& loop, Log log)
    : folder_(std::move(folder)),
      model_(model),
      journal_(journal),
      loop_(loop),
      log_(std::move(log)) {
  look();
}

void BundleRegistry::look() {
  struct stat info {};
  if (::stat((folder_ + "/index.json").c_str(), &info) == 0) {
    const std::int64_t changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    if (changed_ns != seen_ns_ || info.st_ino != seen_inode_) {
      seen_ns_ = changed_ns;
      seen_inode_ = info.st_ino;
      if (const Status read = refresh(); !read.ok())
        log_.error("bundles.index_unreadable", {{"reason", read.error().message()}});
    }
  }
  next_ = loop_.after(kInterval, [this] { look(); });
}

Status BundleRegistry::refresh() {
  TK_TRY(const BundleIndex index, BundleIndex::load(folder_));
  Change change;
  for (const BundleEntry& entry : index.entries()) {
    store::Bundle row = to_row(entry);
    const store::Bundle* known = model_.bundle(entry.digest);
    if (known != nullptr && deterministic(*known) == deterministic(row)) continue;
    log_.info("bundle.registered",
              {{"name", entry.name}, {"version", entry.version}, {"digest", entry.digest}});
    change.put(std::move(row));
  }
  // Rows of artefacts that are gone go too, unless a node is pinned to them: then the loss has to
  // be seen, not forgotten.
  const std::set<std::string> used = digests_in_use(model_);
  for (const auto& [digest, row] : model_.bundles()) {
    if (index.find(digest) == nullptr && !used.contains(digest))
      change.remove(store::BUNDLE, digest);
  }
  if (!change.empty()) journal_.commit(std::move(change));
  return ok_status();
}

}  // namespace tusker::server
