// The Controller's part for copies of metadata.
#include "control/controller.h"
#include "control/metadata.h"
#include "model/cluster_status.h"

namespace tusker {
namespace {

Status check_serving(const store::Cluster& cluster) {
  if (cluster.state() != store::Cluster::RUNNING) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "cluster {} does not run: it is {}",
                       cluster.name(),
                       status_text(cluster));
  }
  if (cluster.stopped()) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "the services of cluster {} are stopped: start them first",
                       cluster.name());
  }
  return ok_status();
}

}  // namespace

Result<std::uint64_t> Controller::want_metadata_copy(const ClusterId& id, const Actor& actor) {
  const store::Cluster& cluster = *parts_.model.cluster(id.text());
  TK_TRY_VOID(check_serving(cluster));
  if (!metadata_of(parts_.model, parts_.rules, cluster)) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "cluster {} has no service whose metadata are copied",
                       cluster.name());
  }
  store::Cluster next = with_copy_wanted(cluster);
  const std::uint64_t number = next.metadata_copies_wanted();
  Change change;
  change.append(event_about(cluster,
                            "cluster.metadata_wanted",
                            fmt::format("copy {} of the metadata is wanted", number),
                            actor));
  change.put(std::move(next));
  parts_.journal.commit(std::move(change));
  settle();
  return number;
}

Result<FlowId> Controller::start_restore(const ClusterId& id,
                                         std::optional<std::uint64_t> number,
                                         const Actor& actor) {
  const store::Cluster& cluster = *parts_.model.cluster(id.text());
  TK_TRY_VOID(flows_.why_busy(cluster.id()));
  TK_TRY_VOID(check_serving(cluster));
  TK_TRY(FlowPlan plan, plan_restore(parts_.model, parts_.rules, cluster, number));
  Result<FlowId> flow =
      flows_.start_flow(store::Flow::RESTORE, cluster, std::move(plan), {}, actor);
  settle();
  return flow;
}

void Controller::note_metadata_copy(const ClusterId& id,
                                    store::MetadataCopy copy,
                                    std::uint32_t keep) {
  const store::Cluster* const cluster = parts_.model.cluster(id.text());
  if (cluster == nullptr) return;
  Change change;
  change.put(with_copy(*cluster, std::move(copy), keep));
  parts_.journal.commit(std::move(change));
  settle();
}

void Controller::note_metadata_failure(const ClusterId& id, std::string failure) {
  const store::Cluster* const cluster = parts_.model.cluster(id.text());
  if (cluster == nullptr || cluster->metadata_failure() == failure) return;
  store::Cluster next = *cluster;
  Change change;
  change.append(event_about(*cluster,
                            "cluster.metadata_not_copied",
                            fmt::format("cluster {}: {}", cluster->name(), failure),
                            {}));
  next.set_metadata_failure(std::move(failure));
  change.put(std::move(next));
  parts_.journal.commit(std::move(change));
  settle();
}

void Controller::note_restored(FlowId id, std::string_view stage, const Status& done) {
  const store::Flow* const flow = parts_.model.flow(id);
  if (flow == nullptr || flow->outcome() != store::Flow::UNFINISHED || flow->stage() != stage)
    return;
  store::Flow next = *flow;
  store::Restoration& restoration = *next.mutable_restoration();
  if (!done.ok()) {
    restoration.set_failure(std::string(done.error().message()));
  } else if (stage == kSetAside) {
    restoration.set_set_aside(true);
  } else if (stage == kPutCopy) {
    restoration.set_placed(true);
  } else {
    restoration.set_accepted(true);
  }
  Change change;
  change.put(std::move(next));
  parts_.journal.commit(std::move(change));
  settle();
}

}  // namespace tusker
