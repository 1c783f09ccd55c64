#include "base/sealed.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

TEST(Sealer, OpensWhatItSealedInTheSameContextOnly) {
  const Sealer sealer = Sealer::for_test();
  SeededRandom random(1);
  for (const std::string& plain :
       {std::string(), std::string("secret"), std::string(100000, 'x')}) {
    const Sealed sealed = sealer.seal(plain, "key:a", random);
    EXPECT_EQ(*sealer.open(sealed, "key:a"), plain);
    EXPECT_EQ(sealer.open(sealed, "key:b").error().code(), ErrorCode::Corrupt);
    if (!plain.empty()) {
      EXPECT_EQ(sealed.bytes().find(plain), std::string::npos);
    }
  }
}

TEST(Sealer, SealsTheSameDifferentlyEachTime) {
  const Sealer sealer = Sealer::for_test();
  SeededRandom random(1);
  EXPECT_NE(sealer.seal("a", "c", random).bytes(), sealer.seal("a", "c", random).bytes());
}

TEST(Sealer, NoticesEveryChangedByteAndEveryMissingOne) {
  const Sealer sealer = Sealer::for_test();
  SeededRandom random(1);
  const std::string bytes = sealer.seal("secret", "c", random).bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(sealer.open(Sealed::from_bytes(changed), "c").ok()) << i;
    EXPECT_FALSE(sealer.open(Sealed::from_bytes(bytes.substr(0, i)), "c").ok()) << i;
  }
}

TEST(Sealer, KeepsItsKeyInAFileThatOnlyItsOwnerReads) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/key";
  SeededRandom random(1);
  const auto made = Sealer::from_key_file(path, random);
  ASSERT_TRUE(made.ok()) << made.error().message();
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  const Sealed sealed = made->seal("secret", "c", random);
  EXPECT_EQ(*Sealer::from_key_file(path, random)->open(sealed, "c"), "secret");
  EXPECT_FALSE(Sealer::for_test().open(sealed, "c").ok());

  ::chmod(path.c_str(), 0640);
  EXPECT_EQ(Sealer::from_key_file(path, random).error().code(), ErrorCode::PermissionDenied);
  ASSERT_TRUE(write_file_atomic(path, "short", 0600).ok());
  EXPECT_EQ(Sealer::from_key_file(path, random).error().code(), ErrorCode::Corrupt);
}

}  // namespace
}  // namespace tusker
