#include "server/metadata_copies.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"
#include "base/sha256.h"
#include "control/metadata.h"

namespace tusker::server {
namespace {

constexpr std::chrono::seconds kLook{1};
constexpr std::chrono::minutes kByAge{1};  // where a copy may be is worked out from all its nodes
constexpr std::chrono::minutes kAfterFailure{1};
constexpr std::chrono::seconds kAfterLoss{5};
constexpr std::size_t kMostAtOnce = 4;
constexpr std::size_t kPiece = 256 << 10;
constexpr std::uint64_t kMaxCopyBytes = 64ULL << 30;
constexpr std::string_view kPart = ".part";

std::string text_of(const Sha256& hash) {
  const Sha256Digest digest = hash.digest();
  return "sha256:" + to_hex(digest);
}

bool takes_copies(const store::Cluster& cluster) {
  return cluster.state() == store::Cluster::RUNNING ||
         cluster.state() == store::Cluster::SCALING_OUT ||
         cluster.state() == store::Cluster::SCALING_IN;
}

}  // namespace

// A copy on its way here: into a file of its own, which gets its name when all of it is on disk.
class MetadataCopies::Incoming {
 public:
  static Result<std::shared_ptr<Incoming>> open(std::string folder, store::MetadataCopy copy) {
    TK_TRY_VOID(ensure_directory(folder, 0700));
    const std::string path = folder + "/" + std::string(kPart);
    UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return Error::from_errno(errno, path);
    auto incoming = std::make_shared<Incoming>();
    incoming->folder_ = std::move(folder);
    incoming->copy_ = std::move(copy);
    incoming->file_ = std::move(file);
    return incoming;
  }

  Status take(std::string_view bytes) {
    hash_.add(bytes);
    copy_.set_bytes(copy_.bytes() + bytes.size());
    if (copy_.bytes() > kMaxCopyBytes)
      return Error(ErrorCode::ResourceExhausted, "the copy is larger than 64 GiB");
    return write_all(file_.get(), bytes, folder_);
  }

  // Blocks: fsync. From then on nothing else touches it.
  Result<store::MetadataCopy> keep() {
    copy_.set_digest(text_of(hash_));
    if (::fsync(file_.get()) != 0) return Error::from_errno(errno, folder_);
    const std::string target = folder_ + "/" + copy_.digest();
    if (::rename((folder_ + "/" + std::string(kPart)).c_str(), target.c_str()) != 0)
      return Error::from_errno(errno, target);
    const UniqueFd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return Error::from_errno(errno, folder_);
    return copy_;
  }

 private:
  std::string folder_;
  store::MetadataCopy copy_;
  UniqueFd file_;
  Sha256 hash_;
};

// A copy on its way to its node. Its end is only said once all of it was read as it was written.
class MetadataCopies::Outgoing {
 public:
  static Result<std::shared_ptr<Outgoing>> open(const std::string& folder,
                                                const store::MetadataCopy& copy) {
    auto outgoing = std::make_shared<Outgoing>();
    outgoing->path_ = folder + "/" + copy.digest();
    outgoing->digest_ = copy.digest();
    outgoing->file_ = UniqueFd(::open(outgoing->path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!outgoing->file_) return Error::from_errno(errno, outgoing->path_);
    return outgoing;
  }

  Result<std::string> next() {
    std::string piece(kPiece, '\0');
    const ssize_t n = ::read(file_.get(), piece.data(), piece.size());
    if (n < 0) return Error::from_errno(errno, path_);
    piece.resize(static_cast<std::size_t>(n));
    hash_.add(piece);
    if (piece.empty() && text_of(hash_) != digest_)
      return Error::make(
          ErrorCode::Corrupt,
          "{} is damaged: it is {}; take another copy (--copy): tusker metadata list",
          path_,
          text_of(hash_));
    return piece;
  }

 private:
  std::string path_;
  std::string digest_;
  UniqueFd file_;
  Sha256 hash_;
};

MetadataCopies::MetadataCopies(Parts parts)
    : parts_(std::move(parts)), disk_(parts_.loop, "tk-metadata", 1) {
  std::error_code none;  // nothing was copied yet
  for (const auto& entry : std::filesystem::directory_iterator(parts_.folder, none))
    folders_.insert(entry.path().filename());
  look();
}

MetadataCopies::~MetadataCopies() = default;

void MetadataCopies::look() {
  remove_ended();
  const bool by_age = parts_.loop.now() >= next_by_age_;
  if (by_age) next_by_age_ = parts_.loop.now() + kByAge;
  for (const auto& [id, cluster] : parts_.model.clusters()) look_at(cluster, by_age);
  next_ = parts_.loop.after(kLook, [this] { look(); });
}

bool MetadataCopies::waits(const std::string& cluster_id) const {
  const auto wait = not_before_.find(cluster_id);
  return wait != not_before_.end() && parts_.loop.now() < wait->second;
}

void MetadataCopies::look_at(const store::Cluster& cluster, bool by_age) {
  if (calls_.contains(cluster.id()) || calls_.size() >= kMostAtOnce) return;
  const store::Flow* const flow = parts_.model.running_flow(cluster.id());
  if (flow != nullptr && flow->kind() == store::Flow::RESTORE) {
    const bool carries =
        flow->direction() == store::Flow::FORWARD &&
        (flow->stage() == kSetAside || flow->stage() == kPutCopy || flow->stage() == kAcceptCopy);
    if (carries && flow->restoration().failure().empty() && !waits(cluster.id()))
      restore(cluster, *flow);
    return;
  }
  if (!takes_copies(cluster) || cluster.stopped() || !cluster.serving()) return;
  if (!by_age && cluster.metadata_copies_wanted() <= newest_copy(cluster)) return;
  const auto holders = metadata_of(parts_.model, parts_.controller.rules(), cluster);
  if (holders && is_due(cluster, *holders->source.role->metadata)) save(cluster, holders->source);
}

bool MetadataCopies::is_due(const store::Cluster& cluster, const MetadataDefinition& metadata) {
  const std::uint64_t wanted = cluster.metadata_copies_wanted();
  // Who asks anew does not wait for the time after a failure.
  if (waits(cluster.id()) && tried_[cluster.id()] >= wanted) return false;
  if (wanted > newest_copy(cluster)) return true;
  return is_copy_due(cluster, metadata.every, parts_.loop.wall());
}

void MetadataCopies::call(const std::string& cluster_id,
                          NodeCall::Request request,
                          NodeCall::Ended ended) {
  const auto made = std::make_shared<NodeCall>(parts_.loop, std::move(request), std::move(ended));
  calls_[cluster_id] = made;
  made->start(parts_.streams);
}

void MetadataCopies::save(const store::Cluster& cluster, const MetadataHolder& source) {
  const std::string& id = cluster.id();
  const std::uint32_t keep = source.role->metadata->keep;
  store::MetadataCopy copy;
  copy.set_number(std::max(cluster.metadata_copies_wanted(), newest_copy(cluster) + 1));
  copy.set_wall_ms(parts_.loop.wall().ms);
  tried_[id] = copy.number();
  folders_.insert(id);
  remove_unnamed(cluster);
  const Result<std::shared_ptr<Incoming>> opened =
      Incoming::open(fmt::format("{}/{}", parts_.folder, id), std::move(copy));
  if (!opened.ok()) return saved(id, keep, opened.error());
  const std::shared_ptr<Incoming>& incoming = *opened;
  NodeCall::Request request;
  request.host = HostId(source.host_id);
  request.node_id = source.node_id;
  request.user = source.role->user;
  request.argv = {path_in_node(source.role->metadata->save)};
  request.on_output = [incoming](std::string_view bytes) { return incoming->take(bytes); };
  call(id, std::move(request), [this, id, keep, incoming](const Status& status) {
    if (!status.ok()) return saved(id, keep, status.error());
    disk_.submit(
        [incoming] { return incoming->keep(); },
        [this, id, keep](Result<store::MetadataCopy> kept) { saved(id, keep, std::move(kept)); });
  });
}

void MetadataCopies::saved(const std::string& cluster_id,
                           std::uint32_t keep,
                           Result<store::MetadataCopy> copy) {
  calls_.erase(cluster_id);
  if (!copy.ok()) {
    parts_.log.warn("metadata.not_copied",
                    {{"cluster", cluster_id}, {"reason", copy.error().message()}});
    not_before_[cluster_id] = parts_.loop.now() + kAfterFailure;
    return parts_.controller.note_metadata_failure(
        ClusterId(cluster_id),
        fmt::format("its metadata could not be copied: {}", copy.error().message()));
  }
  not_before_.erase(cluster_id);
  parts_.log.info("metadata.copied",
                  {{"cluster", cluster_id}, {"copy", copy->number()}, {"bytes", copy->bytes()}});
  parts_.controller.note_metadata_copy(ClusterId(cluster_id), *std::move(copy), keep);
}

void MetadataCopies::restore(const store::Cluster& cluster, const store::Flow& flow) {
  const std::string& id = cluster.id();
  const std::string& stage = flow.stage();
  const FlowId flow_id{flow.id()};
  const std::optional<MetadataHolders> holders =
      metadata_of(parts_.model, parts_.controller.rules(), cluster);
  if (!holders) return;  // gone with its host: the flow finds out by itself
  if (stage == kSetAside) return set_aside(id, flow_id, holders->followers);
  const MetadataHolder& source = holders->source;
  NodeCall::Request request;
  request.host = HostId(source.host_id);
  request.node_id = source.node_id;
  request.user = source.role->user;
  if (stage == kPutCopy) {
    const Result<std::shared_ptr<Outgoing>> outgoing =
        Outgoing::open(fmt::format("{}/{}", parts_.folder, id), flow.restoration().copy());
    if (!outgoing.ok()) return restored(id, flow_id, stage, outgoing.error());
    request.user = "root";
    request.argv = {path_in_node(source.role->metadata->put)};
    request.next_input = [from = *outgoing] { return from->next(); };
  } else {
    request.argv = {path_in_node(source.role->metadata->accept)};
  }
  call(id, std::move(request), [this, id, flow_id, stage](const Status& status) {
    restored(id, flow_id, stage, status);
  });
}

// One after the other; from the first again when one of their hosts is lost on the way.
void MetadataCopies::set_aside(const std::string& cluster_id,
                               FlowId flow,
                               std::vector<MetadataHolder> followers) {
  if (followers.empty()) return restored(cluster_id, flow, std::string(kSetAside), ok_status());
  NodeCall::Request request;
  request.host = HostId(followers.back().host_id);
  request.node_id = followers.back().node_id;
  request.user = "root";
  request.argv = {path_in_node(followers.back().role->set_aside)};
  followers.pop_back();
  call(cluster_id,
       std::move(request),
       [this, cluster_id, flow, followers = std::move(followers)](const Status& status) {
         if (!status.ok()) return restored(cluster_id, flow, std::string(kSetAside), status);
         set_aside(cluster_id, flow, followers);
       });
}

void MetadataCopies::restored(const std::string& cluster_id,
                              FlowId flow,
                              const std::string& stage,
                              const Status& status) {
  calls_.erase(cluster_id);
  // Its host is away, or was lost on the way: again, until the stage's time is over.
  if (!status.ok() && status.error().code() == ErrorCode::Unavailable) {
    parts_.log.warn("metadata.not_restored",
                    {{"cluster", cluster_id}, {"reason", status.error().message()}});
    not_before_[cluster_id] = parts_.loop.now() + kAfterLoss;
    return;
  }
  not_before_.erase(cluster_id);
  parts_.controller.note_restored(flow, stage, status);
}

void MetadataCopies::remove_ended() {
  std::erase_if(folders_, [this](const std::string& id) {
    const store::Cluster* const cluster = parts_.model.cluster(id);
    const bool ended = cluster == nullptr || cluster->state() == store::Cluster::TERMINATED ||
                       cluster->state() == store::Cluster::CREATE_FAILED;
    if (!ended || calls_.contains(id)) return false;
    not_before_.erase(id);
    tried_.erase(id);
    if (const Status removed = remove_tree(fmt::format("{}/{}", parts_.folder, id)); !removed.ok())
      parts_.log.warn("metadata.not_removed", {{"reason", removed.error().message()}});
    return true;
  });
}

void MetadataCopies::remove_unnamed(const store::Cluster& cluster) {
  std::set<std::string> named;
  for (const store::MetadataCopy& copy : cluster.metadata_copies()) named.insert(copy.digest());
  std::error_code error;
  const std::string folder = fmt::format("{}/{}", parts_.folder, cluster.id());
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    if (!named.contains(file.path().filename())) std::filesystem::remove(file.path(), error);
  }
}

}  // namespace tusker::server
