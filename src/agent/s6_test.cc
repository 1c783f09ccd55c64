#include "agent/s6.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 255);
  return out;
}

enum Flag : std::uint8_t { kPaused = 1, kFinishing = 2, kWantedUp = 4, kReady = 8 };

// As s6-supervise writes it: when it changed, when it was ready, pid, (2.12: process group,) wait
// status, flags.
std::string status_of(std::uint64_t pid, unsigned flags, bool with_group) {
  const std::string changed =
      big_endian((1ULL << 62) + 10 + 1'700'000'000, 8) + big_endian(123'456'789, 4);
  std::string out = changed + std::string(12, '\0') + big_endian(pid, 8);
  if (with_group) out += big_endian(pid, 8);
  return out + big_endian(0, 2) + static_cast<char>(flags);
}

TEST(SupervisedState, IsReadAsBothVersionsOfS6WriteIt) {
  for (const bool with_group : {false, true}) {
    const std::string bytes = status_of(4711, kWantedUp | kReady, with_group);
    ASSERT_EQ(bytes.size(), with_group ? 43U : 35U);
    const auto state = parse_supervised(bytes);
    ASSERT_TRUE(state.has_value());
    EXPECT_EQ(state->pid, 4711);
    EXPECT_TRUE(state->wanted_up);
    EXPECT_TRUE(state->running());
    EXPECT_EQ(state->since_wall_ms, 1'700'000'000'123);
  }
}

TEST(SupervisedState, TellsARoleThatIsDownFromOneWhoseFinishScriptRuns) {
  const auto down = parse_supervised(status_of(0, 0, false));
  EXPECT_FALSE(down->running());
  EXPECT_FALSE(down->wanted_up);
  const auto finishing = parse_supervised(status_of(12, kFinishing | kWantedUp, false));
  EXPECT_FALSE(finishing->running());
  EXPECT_TRUE(finishing->finishing);
  EXPECT_TRUE(finishing->wanted_up);
}

TEST(SupervisedState, IsNothingOfAnotherLength) {
  for (const std::size_t size : {0U, 1U, 34U, 36U, 42U, 44U, 256U}) {
    EXPECT_FALSE(parse_supervised(std::string(size, '\0')).has_value()) << size;
  }
}

// The file is a node's: its root may write into it what it likes.
TEST(SupervisedState, TakesAnyBytesWithoutHarm) {
  for (const char byte : {'\0', '\x7f', '\x80', '\xff'}) {
    for (const std::size_t size : {35U, 43U}) {
      const auto state = parse_supervised(std::string(size, byte));
      EXPECT_EQ(state->since_wall_ms, 0) << "that is no time";
    }
  }
}

class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() { std::filesystem::create_directories(service() + "/supervise"); }

  std::string service() const { return folder_ + "/service"; }
  std::string control() const { return service() + "/supervise/control"; }

  // A FIFO that somebody reads, as a supervisor does.
  static UniqueFd listen_at(const std::string& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  static std::string heard(const UniqueFd& fifo) {
    char bytes[16];
    const ssize_t n = ::read(fifo.get(), bytes, sizeof bytes);
    return n <= 0 ? "" : std::string(bytes, static_cast<std::size_t>(n));
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(SupervisorTest, HearsCommands) {
  const UniqueFd supervisor = listen_at(control());
  EXPECT_TRUE(command_service(service(), "").ok()) << "asks only whether it is there";
  EXPECT_TRUE(command_service(service(), "d").ok());
  EXPECT_TRUE(command_service(service(), "u").ok());
  EXPECT_EQ(heard(supervisor), "du");

  std::filesystem::create_directory(folder_ + "/.s6-svscan");
  const UniqueFd scanner = listen_at(folder_ + "/.s6-svscan/control");
  EXPECT_TRUE(command_scan(folder_, "an").ok());
  EXPECT_EQ(heard(scanner), "an");
}

TEST_F(SupervisorTest, IsNotThereWhenNobodyReads) {
  EXPECT_EQ(command_service(service(), "u").error().code(), ErrorCode::NotFound);
  EXPECT_EQ(command_service(folder_ + "/absent", "u").error().code(), ErrorCode::NotFound);
  static_cast<void>(listen_at(control()));  // and has gone again
  EXPECT_EQ(command_service(service(), "u").error().code(), ErrorCode::NotFound);
}

TEST_F(SupervisorTest, IsNoFileThatANodePutThere) {
  ASSERT_TRUE(write_file_atomic(control(), "precious", 0600).ok());
  EXPECT_EQ(command_service(service(), "u").error().code(), ErrorCode::NotFound);
  EXPECT_EQ(*read_file(control()), "precious");
}

TEST_F(SupervisorTest, IsNotBehindALink) {
  ASSERT_TRUE(write_file_atomic(folder_ + "/file", "precious", 0600).ok());
  std::filesystem::create_symlink(folder_ + "/file", control());
  EXPECT_EQ(command_service(service(), "u").error().code(), ErrorCode::NotFound);
  EXPECT_EQ(*read_file(folder_ + "/file"), "precious");

  std::filesystem::create_directory(folder_ + "/other");
  const UniqueFd other = listen_at(folder_ + "/other/control");
  std::filesystem::remove(control());
  std::filesystem::create_symlink(folder_ + "/other/control", control());
  EXPECT_FALSE(command_service(service(), "u").ok());
  std::filesystem::remove_all(service() + "/supervise");
  std::filesystem::create_symlink(folder_ + "/other", service() + "/supervise");
  EXPECT_FALSE(command_service(service(), "u").ok());
  EXPECT_EQ(heard(other), "");
}

TEST_F(SupervisorTest, SaysHowItsServiceIs) {
  EXPECT_FALSE(read_supervised(service()).has_value()) << "it has not begun";
  const std::string status = service() + "/supervise/status";
  ASSERT_TRUE(write_file_atomic(status, status_of(7, kWantedUp, false), 0644).ok());
  EXPECT_EQ(read_supervised(service())->pid, 7);
  std::filesystem::remove(status);
  const UniqueFd fifo = listen_at(status);
  EXPECT_FALSE(read_supervised(service()).has_value()) << "a FIFO is not waited for";
}

TEST_F(SupervisorTest, SaysNothingBehindALink) {
  ASSERT_TRUE(write_file_atomic(folder_ + "/status", status_of(7, kWantedUp, false), 0644).ok());
  std::filesystem::create_symlink(folder_ + "/status", service() + "/supervise/status");
  EXPECT_FALSE(read_supervised(service()).has_value());
}

}  // namespace
}  // namespace tusker
