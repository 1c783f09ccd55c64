#include "agent/testing/test_image.h"

#include <filesystem>
#include <set>
#include <sstream>

#include "base/encoding.h"
#include "base/file.h"

namespace tusker {
namespace {

constexpr const char* kPrograms[] = {"/bin/dash",
                                     "/bin/sleep",
                                     "/bin/cat",
                                     "/bin/ls",
                                     "/usr/bin/s6-svscan",
                                     "/usr/bin/s6-supervise",
                                     "/usr/bin/s6-log",
                                     "/usr/bin/s6-applyuidgid",
                                     "/usr/bin/id",
                                     "/usr/bin/stat",
                                     "/usr/bin/touch",
                                     "/usr/bin/head"};

// The libraries that a program loads, as ldd prints their paths.
Result<std::set<std::string>> libraries_of(const std::string& program, ProcessRunner& runner) {
  TK_TRY(const std::string text, runner.output_of({.argv = {"ldd", program}}));
  std::set<std::string> paths;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.front() == '/') paths.insert(word);
  }
  return paths;
}

void copy_into(const std::string& root, const std::string& from, const std::string& to) {
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(root + to).parent_path(), failure);
  std::filesystem::copy_file(
      from, root + to, std::filesystem::copy_options::overwrite_existing, failure);
}

}  // namespace

Result<std::string> make_test_image(const std::string& folder, ProcessRunner& runner) {
  const std::string root = folder + "/root";
  std::error_code failure;
  for (const char* made :
       {"/usr/bin", "/etc", "/tmp", "/proc", "/sys", "/dev", "/run", "/var/log", "/data"}) {
    std::filesystem::create_directories(root + made, failure);
  }
  for (const std::string program : kPrograms) {
    copy_into(root, program, "/usr/bin/" + std::filesystem::path(program).filename().string());
    TK_TRY(const std::set<std::string> libraries, libraries_of(program, runner));
    for (const std::string& library : libraries) copy_into(root, library, library);
  }
  copy_into(root, TUSKER_TEST_DAEMON, "/usr/bin/test_daemon");
  std::filesystem::create_symlink("dash", root + "/usr/bin/sh", failure);
  std::filesystem::create_symlink("usr/bin", root + "/bin", failure);
  TK_TRY_VOID(write_file_atomic(
      root + "/etc/passwd",
      "root:x:0:0:root:/root:/bin/sh\nhadoop:x:61101:61101::/home/hadoop:/bin/sh\n"
      "tusker:x:61103:61103::/home/tusker:/bin/sh\n",
      0644));
  TK_TRY_VOID(write_file_atomic(
      root + "/etc/group", "root:x:0:\nhadoop:x:61101:tusker\ntusker:x:61103:\n", 0644));
  const std::string image = folder + "/image.squashfs";
  TK_TRY(const std::string said,
         runner.output_of({.argv = {"mksquashfs",
                                    root,
                                    image,
                                    "-quiet",
                                    "-no-progress",
                                    "-noappend",
                                    "-Xcompression-level",
                                    "1"}}));
  TK_TRY(const std::string hex, sha256_hex_of_file(image));
  std::filesystem::rename(image, folder + "/sha256:" + hex, failure);
  TK_TRY_VOID(remove_tree(root));
  return "sha256:" + hex;
}

}  // namespace tusker
