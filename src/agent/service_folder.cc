#include "agent/service_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "agent/s6.h"
#include "agent/safe_folder.h"
#include "base/file.h"

namespace tusker {
namespace {

constexpr std::string_view kRetired = ".gone-";

bool has_supervisor(const NodeLayout& node, const std::string& name) {
  const Result<PinnedFolder> service = PinnedFolder::open(node.service(), name);
  const Result<PinnedFolder> log = PinnedFolder::open(node.service(), name + "/log");
  return (service.ok() && command_service(service->path(), "").ok()) ||
         (log.ok() && command_service(log->path(), "").ok());
}

}  // namespace

Status put_file(const std::string& path, std::string_view content, mode_t mode) {
  const Result<std::string> there = read_node_file(path, 1 << 20);
  if (there.ok() && *there == content) return ok_status();
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file) return Error::from_errno(errno, temporary);
  TK_TRY_VOID(write_all(file.get(), content, temporary));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return Error::from_errno(errno, path);
  return ok_status();
}

std::vector<std::uint64_t> numbers_in(const std::string& path) {
  std::vector<std::uint64_t> numbers;
  const Result<std::string> text = read_node_file(path, 4096);
  // The shell's > truncates before it writes: without its newline the line is not there yet.
  if (!text.ok() || !text->ends_with('\n')) return numbers;
  const char* at = text->data();
  const char* end = at + text->size();
  while (at < end) {
    std::uint64_t number = 0;
    const auto [next, failure] = std::from_chars(at, end, number);
    if (failure != std::errc()) break;
    numbers.push_back(number);
    at = next + 1;
  }
  return numbers;
}

std::vector<std::string> services_in(const NodeLayout& node) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(node.service(), failure)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') &&
        entry.symlink_status(failure).type() == std::filesystem::file_type::directory)
      names.push_back(name);
  }
  return names;
}

Status retire_service(const NodeLayout& node, const std::string& name) {
  const std::string gone = node.service() + "/" + std::string(kRetired) + name;
  TK_TRY_VOID(remove_tree(gone));
  if (::rename(node.state(name).c_str(), gone.c_str()) == 0 || errno == ENOENT) return ok_status();
  return Error::from_errno(errno, gone);
}

Status sweep_retired(const NodeLayout& node) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(node.service(), failure)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kRetired) && !has_supervisor(node, name))
      TK_TRY_VOID(remove_tree(entry.path().string()));
  }
  return ok_status();
}

}  // namespace tusker
