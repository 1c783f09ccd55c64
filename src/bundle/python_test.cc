#include "bundle/python.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/encoding.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"

// Real builds of a component from Python's side; only pip is replaced, by what it would have left
// behind.
namespace tusker {
namespace {

namespace fs = std::filesystem;

// Delivers an archive instead of running pip3; runs everything else.
class PipWithoutRegistry final : public ProcessRunner {
 public:
  std::string archive;  // path of what the registry has
  std::string failure;  // what pip3 says when it fails
  std::vector<std::string> argv;
  std::string requirements;
  int runs = 0;

  Result<Finished> run(const Command& command) override {
    const auto pip = std::ranges::find(command.argv, "pip3");
    if (pip == command.argv.end()) return system_.run(command);
    ++runs;
    argv = command.argv;
    if (!failure.empty()) return Finished{1, failure};
    std::string to;
    for (const std::string& word : command.argv) {
      if (word.starts_with("--dest=")) to = word.substr(7);
      if (word.starts_with("--requirement=")) requirements = *read_file(word.substr(14));
    }
    fs::copy_file(archive, to + "/tool-1.0.tar.gz");
    return Finished{};
  }

 private:
  SystemProcessRunner system_;
};

class PythonBundle : public ::testing::Test {
 protected:
  PythonBundle() {
    content("deps/jars/b.jar", "b");
    content("deps/jars/a.jar", "a");
    content("deps/jars/a-osx.jar", "?");
    content("deps/bin/go", "#!/bin/sh\n");
    content("setup.py", "raise SystemExit");
    pack();
  }

  void content(const std::string& path, const std::string& text) {
    const std::string full = source_.path() + "/tool-1.0/" + path;
    ASSERT_TRUE(ensure_directory(fs::path(full).parent_path(), 0755).ok());
    ASSERT_TRUE(write_file_atomic(full, text, 0755).ok());
  }

  void pack() {
    pip_.archive = source_.path() + "/archive";
    Command tar;
    tar.argv = {"tar", "--create", "--gzip", "--file=" + pip_.archive, "-C", source_.path()};
    tar.argv.emplace_back("tool-1.0");
    ASSERT_EQ(SystemProcessRunner().run(tar)->exit_code, 0);
    lock(pip_.archive);
  }

  void lock(const std::string& path) {
    files_["components/tool/bundle.lock"] =
        fmt::format("{} {} tool==1.0\n", *sha256_hex_of_file(path), fs::file_size(path));
  }

  Result<BundleIndex> build() {
    BundleBuildOptions options;
    options.blobs = blobs_.path();
    const BundleBuilder builder(pip_,
                                clock_,
                                [this](std::string_view path) -> std::optional<std::string> {
                                  const auto found = files_.find(std::string(path));
                                  return found == files_.end() ? std::nullopt
                                                               : std::optional(found->second);
                                },
                                {"components/tool"});
    return builder.build(options);
  }

  // Paths of the bundle's files and folders.
  std::string listing(const BundleEntry& entry) {
    Command list;
    list.argv = {"unsquashfs", "-quiet", "-ls", blob_path(blobs_.path(), entry.digest)};
    return SystemProcessRunner().run(list)->output;
  }

  TemporaryFolder source_;
  TemporaryFolder blobs_;
  PipWithoutRegistry pip_;
  SystemClock clock_;
  std::map<std::string, std::string> files_ = {{"components/tool/bundle.yaml", R"(schema: bundle/v1
name: tool
version: 1.0
kind: component
mount: /opt/tool
python:
  lock: bundle.lock
  take: { deps/jars: jars, deps/bin: bin }
  leave_out: [jars/*-osx.jar]
  class_path: jars
)"}};
};

TEST_F(PythonBundle, HasWhatTheDefinitionTakesAndItsJarsInOrder) {
  const auto index = build();
  ASSERT_TRUE(index.ok()) << index.error().message();
  const BundleEntry& entry = index->entries().front();
  EXPECT_EQ(entry.class_path,
            (std::vector<std::string>{"/opt/tool/jars/a.jar", "/opt/tool/jars/b.jar"}));
  EXPECT_NE(listing(entry).find("bin/go"), std::string::npos) << listing(entry);
  EXPECT_EQ(listing(entry).find("osx"), std::string::npos);
  EXPECT_EQ(listing(entry).find("setup.py"), std::string::npos);
}

TEST_F(PythonBundle, HasPipCompareTheDigestAndFetchNothingElse) {
  ASSERT_TRUE(build().ok());
  EXPECT_EQ(pip_.requirements,
            fmt::format("tool==1.0 --hash=sha256:{}\n", *sha256_hex_of_file(pip_.archive)));
  for (const char* wanted : {"--require-hashes", "--no-deps", "--no-build-isolation"})
    EXPECT_NE(std::ranges::find(pip_.argv, wanted), pip_.argv.end()) << wanted;
}

TEST_F(PythonBundle, IsBuiltAgainWithoutARegistryOnceFetched) {
  ASSERT_TRUE(build().ok());
  files_["components/tool/bundle.yaml"] += "files: { new: { content: '', mode: '0644' } }\n";
  pip_.failure = "ERROR: No matching distribution found for tool==1.0";
  const auto index = build();
  ASSERT_TRUE(index.ok()) << index.error().message();
  EXPECT_EQ(pip_.runs, 1);
  EXPECT_NE(listing(index->entries().back()).find("new"), std::string::npos);
}

TEST_F(PythonBundle, IsNotMadeOfOtherBytesWhoeverDeliversThem) {
  const std::string other = source_.path() + "/other";
  ASSERT_TRUE(write_file_atomic(other, "other bytes", 0644).ok());
  pip_.archive = other;
  const auto delivered = build();
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().code(), ErrorCode::Corrupt);
  pip_.failure = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.";
  const auto refused = build();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::Corrupt);
  EXPECT_TRUE(BundleIndex::load(blobs_.path())->entries().empty());
}

TEST_F(PythonBundle, SaysSoWhenNoRegistryAnswers) {
  pip_.failure = "ERROR: Could not find a version that satisfies the requirement tool==1.0";
  const auto index = build();
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().code(), ErrorCode::Unavailable);
  EXPECT_NE(index.error().message().find("tool-1.0.tar.gz"), std::string::npos);
}

TEST_F(PythonBundle, RefusesAnArchiveWithALink) {
  fs::create_symlink("/etc", source_.path() + "/tool-1.0/deps/jars/way-out");
  pack();
  const auto index = build();
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(index.error().message().find("way-out"), std::string::npos);
}

TEST_F(PythonBundle, WantsOneArchiveInItsLock) {
  files_["components/tool/bundle.lock"] += std::string(64, 'a') + " 1 org.a:b:jar:1\n";
  const auto index = build();
  ASSERT_FALSE(index.ok());
  EXPECT_NE(index.error().message().find("names one source archive"), std::string::npos)
      << index.error().message();
}

}  // namespace
}  // namespace tusker
