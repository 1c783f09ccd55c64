#include "bundle/lock.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "bundle/maven.h"

namespace tusker {
namespace {

const std::string kHash(64, 'a');

TEST(BundleLock, KnowsNamesAndPlacesOfItsArtefacts) {
  const auto lock = parse_bundle_lock("# comment\n" + kHash + " 10 org.a.b:core:jar:1.0\n" + kHash +
                                          " 5 org.a.b:core:jar:tests:1.0\n",
                                      "l");
  ASSERT_TRUE(lock.ok()) << lock.error().message();
  EXPECT_EQ(lock->total_bytes(), 15U);
  EXPECT_EQ(lock->artifacts[0].file_name(), "core-1.0.jar");
  EXPECT_EQ(lock->artifacts[1].repository_path(), "org/a/b/core/1.0/core-1.0-tests.jar");
  EXPECT_EQ(lock->find("org.a.b:core:jar:tests:1.0"), &lock->artifacts[1]);
  EXPECT_EQ(lock->find("org.a.b:core"), nullptr);
}

TEST(BundleLock, NamesEveryFaultyLine) {
  const auto lock = parse_bundle_lock(kHash + " 10 org.a:b:jar:1\nshort 10 org.a:c:jar:1\n" +
                                          kHash + " ten org.a:d:jar:1\n" + kHash +
                                          " 1 ../x:e:jar:1\n" + kHash + " 10 org.z:b:jar:1\n",
                                      "hadoop/bundle.lock");
  ASSERT_FALSE(lock.ok());
  const std::string& message = lock.error().message();
  EXPECT_EQ(message.find("bundle.lock:1:"), std::string::npos) << message;
  EXPECT_NE(message.find("bundle.lock:2: \"short\" is not 64"), std::string::npos) << message;
  EXPECT_NE(message.find("bundle.lock:3: \"ten\""), std::string::npos) << message;
  EXPECT_NE(message.find("bundle.lock:4: \"../x:e:jar:1\""), std::string::npos) << message;
  EXPECT_NE(message.find("bundle.lock:5: a second artefact with the file name b-1.jar"),
            std::string::npos)
      << message;
}

TEST(BundleLock, AcceptsAFileOnlyWithItsVeryBytes) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.jar";
  ASSERT_TRUE(write_file_atomic(path, "jar bytes", 0644).ok());
  LockedArtifact artifact{sha256_hex("jar bytes"), 9, "a:a:jar:1"};
  EXPECT_TRUE(check_artifact(artifact, path).ok());
  ASSERT_TRUE(write_file_atomic(path, "jar bytez", 0644).ok());
  EXPECT_EQ(check_artifact(artifact, path).error().code(), ErrorCode::Corrupt);
  artifact.size = 8;
  EXPECT_NE(check_artifact(artifact, path).error().message().find("has 9 bytes, the lock says 8"),
            std::string::npos);
}

TEST(Maven, CountsWhatItsDownloadLinesSay) {
  EXPECT_EQ(downloaded_bytes(
                "[INFO] Downloaded from central: scheme://host/a/b-1.jar (3.0 MB at 1.2 MB/s)"),
            3000000U);
  EXPECT_EQ(downloaded_bytes(
                "[INFO] Downloaded from central: scheme://host/a/b(1).pom (18 kB at 71 kB/s)"),
            18000U);
  EXPECT_EQ(downloaded_bytes(
                "[INFO] Downloaded from central: scheme://host/a/b-1.pom (977 B at 71 kB/s)"),
            977U);
  EXPECT_EQ(downloaded_bytes("[INFO] Downloading from central: scheme://host/a/b-1.jar"), 0U);
  EXPECT_EQ(downloaded_bytes("[INFO] Downloaded from central: (nan MB"), 0U);
}

}  // namespace
}  // namespace tusker
