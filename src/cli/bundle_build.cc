#include "cli/bundle_build.h"

#include <unistd.h>

#include <filesystem>

#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

constexpr Duration kMeasure = std::chrono::milliseconds(1000);

std::string amount(const BundleProgress& progress, double rate) {
  if (progress.bytes_done == 0) return "";
  std::string text = ", " + bytes_text(progress.bytes_done);
  // The total may be an estimate; one that is passed says nothing.
  if (progress.bytes_total > progress.bytes_done) text += " of " + bytes_text(progress.bytes_total);
  if (rate > 0) text += fmt::format(", {}/s", bytes_text(static_cast<std::uint64_t>(rate)));
  return text;
}

}  // namespace

std::string render_steps(const std::vector<BundleStep>& steps) {
  std::string out;
  std::uint64_t download = 0;
  std::uint64_t disk = 0;
  for (const BundleStep& step : steps) {
    if (step.present) {
      out += fmt::format("  {} {}: there already\n", step.name, step.version);
      continue;
    }
    download += step.download_bytes;
    disk += step.disk_bytes;
    out += fmt::format("  {} {}: {}", step.name, step.version, step.what);
    if (step.download_bytes > 0)
      out += fmt::format(", about {} to download", bytes_text(step.download_bytes));
    out += "\n";
  }
  if (disk > 0)
    out += fmt::format(
        "  in all: about {} to download, {} on disk\n", bytes_text(download), bytes_text(disk));
  return out;
}

void BundleProgressView::update(const BundleProgress& progress, Duration elapsed) {
  const std::string title = fmt::format("{}: {}", printable(progress.what), progress.phase);
  if (progress.phase == "done" || progress.phase == "kept") {
    line_.keep(title, elapsed);
    return;
  }
  if (title != current_) {
    current_ = title;
    bytes_before_ = progress.bytes_done;
    measured_ = elapsed;
    rate_ = 0;
  } else if (elapsed - measured_ >= kMeasure && progress.bytes_done >= bytes_before_) {
    const double seconds = std::chrono::duration<double>(elapsed - measured_).count();
    const double now = static_cast<double>(progress.bytes_done - bytes_before_) / seconds;
    rate_ = rate_ > 0 ? 0.5 * rate_ + 0.5 * now : now;
    bytes_before_ = progress.bytes_done;
    measured_ = elapsed;
  }
  std::string text = title + amount(progress, rate_);
  if (!progress.line.empty()) text += "; " + printable(progress.line);
  line_.show(text, elapsed);
}

namespace {

Status build(Console& console,
             const Clock& clock,
             ProcessRunner& processes,
             const BundleBuildFlags& flags) {
  const BundleBuilder builder = BundleBuilder::embedded(processes, clock);
  BundleBuildOptions options;
  options.blobs = flags.blobs;
  options.names = flags.names;
  options.again = flags.again;
  TK_TRY(const std::vector<BundleStep> steps, builder.plan(options));
  console.note("Bundles:\n" + render_steps(steps));
  if (flags.dry_run) return ok_status();
  if (::geteuid() != 0) {
    return Error::make(
        ErrorCode::PermissionDenied,
        "tusker bundle build needs root, for owners of files in the image. Run it with sudo");
  }
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  BundleProgressView view(console);
  const Time start = clock.now();
  options.progress = [&](const BundleProgress& progress) {
    view.update(progress, clock.now() - start);
  };
  options.cancelled = [&interrupt] { return interrupt.requested(); };
  const Result<BundleIndex> built = builder.build(options);
  view.finish();
  if (!built.ok() && built.error().code() == ErrorCode::Cancelled) {
    return Error::make(
        ErrorCode::Cancelled,
        "interrupted; what was finished is kept, and the next run goes on from there");
  }
  if (!built.ok()) return built.error();
  console.note("All bundles are there.\n");
  return ok_status();
}

}  // namespace

std::string blob_folder(const std::string& blobs, const std::string& data) {
  return blobs.empty() ? std::filesystem::weakly_canonical(data).string() + "/server/blobs" : blobs;
}

Status prepare_server_folder(const std::string& data) {
  return ensure_directory(std::filesystem::weakly_canonical(data).string() + "/server", 0700);
}

int build_bundles(Console& console,
                  const Clock& clock,
                  ProcessRunner& processes,
                  const BundleBuildFlags& given) {
  BundleBuildFlags flags = given;
  flags.blobs = blob_folder(given.blobs, given.data);
  Status status = ok_status();
  if (given.blobs.empty() && !given.dry_run && ::geteuid() == 0)
    status = prepare_server_folder(given.data);
  if (status.ok()) status = build(console, clock, processes, flags);
  if (status.ok()) return kDone;
  console.error(status.error().message());
  return exit_code_of(status.error());
}

}  // namespace tusker::cli
