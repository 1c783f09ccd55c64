#include "plan/bundles.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "plan/node_paths.h"
#include "plan/placement.h"

namespace tusker {
namespace {

template <typename Fits>
const store::Bundle* newest(const Inventory& inventory,
                            store::Bundle::Kind kind,
                            const Fits& fits) {
  const store::Bundle* best = nullptr;
  for (const store::Bundle& bundle : inventory.bundles) {
    if (bundle.kind() != kind || !fits(bundle)) continue;
    const auto rank = [](const store::Bundle& b) {
      return std::make_tuple(b.added_wall_ms(), b.digest());
    };
    if (best == nullptr || rank(bundle) > rank(*best)) best = &bundle;
  }
  return best;
}

Error missing(std::string_view what) {
  return Error::make(ErrorCode::FailedPrecondition,
                     "there is no {}: make it with `tusker bundle build` on the server",
                     what)
      .with_api_code("FailedOperation");
}

bool some_host_runs(const Inventory& inventory, const store::Bundle& image) {
  const auto arch = image.facts().find("arch");
  const std::string word = arch == image.facts().end() ? "" : arch->second;
  return inventory.hosts.empty() ||
         std::any_of(
             inventory.hosts.begin(), inventory.hosts.end(), [&](const HostInventory& host) {
               return same_architecture(word, host.host.architecture());
             });
}

}  // namespace

std::vector<store::Mount> ChosenBundles::mounts() const {
  std::vector<store::Mount> out;
  const auto add = [&](const std::string& digest, std::string path) {
    store::Mount& mount = out.emplace_back();
    mount.set_digest(digest);
    mount.set_path(std::move(path));
  };
  for (const store::Bundle& bundle : components) add(bundle.digest(), bundle_path(bundle.name()));
  for (const store::Bundle& archive : archives) add(archive.digest(), archive_path(archive.name()));
  return out;
}

Result<store::Bundle> newest_image(const Inventory& inventory) {
  const store::Bundle* image = newest(inventory, store::Bundle::IMAGE, [&](const store::Bundle& b) {
    return some_host_runs(inventory, b);
  });
  if (image == nullptr) return missing("node image for these hosts");
  return *image;
}

Result<ChosenBundles> choose_bundles(const Inventory& inventory, const CheckedRequest& request) {
  ChosenBundles chosen;
  TK_TRY(chosen.image, newest_image(inventory));
  for (const ComponentDefinition* component : request.components) {
    const auto same = [&](const store::Bundle& b) {
      return b.name() == component->bundle && b.version() == component->version;
    };
    if (std::any_of(chosen.components.begin(), chosen.components.end(), same)) continue;
    const store::Bundle* bundle = newest(inventory, store::Bundle::COMPONENT, same);
    if (bundle == nullptr)
      return missing(fmt::format("bundle {}-{}, which {} runs from",
                                 component->bundle,
                                 component->version,
                                 component->name));
    chosen.components.push_back(*bundle);
    const store::Bundle* archive =
        newest(inventory, store::Bundle::ARCHIVE, [&](const store::Bundle& b) {
          return b.archive_of_image() == chosen.image.digest() &&
                 b.archive_of_bundle() == bundle->digest();
        });
    if (archive == nullptr) continue;
    chosen.archives.push_back(*archive);
    chosen.archives.back().set_name(
        bundle->name());  // its place in a node follows from the bundle's
  }
  return chosen;
}

Result<std::vector<JavaBundle>> java_bundles_of(const store::Node& node,
                                                const std::vector<store::Bundle>& bundles) {
  std::vector<const store::Bundle*> components;
  std::set<std::string> archived;  // digests of those that have an archive here
  for (const store::Mount& mount : node.mounts()) {
    const auto row = std::find_if(bundles.begin(), bundles.end(), [&](const store::Bundle& bundle) {
      return bundle.digest() == mount.digest();
    });
    if (row == bundles.end()) return missing(fmt::format("bundle {}", mount.digest()));
    if (row->kind() == store::Bundle::ARCHIVE) archived.insert(row->archive_of_bundle());
    if (row->kind() == store::Bundle::COMPONENT) components.push_back(&*row);
  }
  std::vector<JavaBundle> out;
  for (const store::Bundle* bundle : components) {
    TK_TRY(JavaBundle java, java_bundle(*bundle, archived.contains(bundle->digest())));
    out.push_back(std::move(java));
  }
  if (out.empty()) return missing(fmt::format("bundle in the row of {}", node.name()));
  return out;
}

}  // namespace tusker
