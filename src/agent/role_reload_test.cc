#include "agent/role_reload.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "engine/hadoop_rpc.h"

namespace tusker {
namespace {

constexpr char kProtocol[] = "org.apache.hadoop.hdfs.protocol.ClientProtocol";
constexpr Duration kAgain = std::chrono::milliseconds(5);
constexpr std::size_t kClientIdAt = 20;  // in a call: after prefix, length, and the header's start

// A daemon of Hadoop on the loopback, as far as its calls go: it takes them, and answers when and
// as the test says. Turns the caller's loop while it waits.
class HadoopDaemon {
 public:
  explicit HadoopDaemon(EventLoop& loop)
      : loop_(loop), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    TK_CHECK(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
    TK_CHECK(::listen(listener_.get(), 4) == 0, "listen");
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  std::uint16_t port() const { return port_; }
  // Calls taken so far, as they were received; no two of a well-behaved client are the same.
  const std::vector<std::string>& calls() const { return calls_; }

  // Waits until one more call is here, as long as `size` says. False: none came.
  bool take_call(std::size_t size) {
    peer_.reset();
    std::string call;
    const bool came = turn_until([&] {
      if (!peer_) peer_ = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK));
      if (!peer_) return false;
      char block[4096];
      const ssize_t n = ::recv(peer_.get(), block, sizeof block, 0);
      if (n > 0) call.append(block, static_cast<std::size_t>(n));
      return call.size() >= size;
    });
    calls_.push_back(std::move(call));
    return came;
  }
  void succeed() { send(*from_hex("00000006040800100000")); }
  // status 1, exception "a.B", message "no\nstack"
  void refuse() { send(*from_hex("0000001413080010012203612e422a086e6f0a737461636b")); }

  bool turn_until(const std::function<bool()>& done) {
    // The loop does not know our sockets: a timer makes it come back to look.
    Timer look;
    std::function<void()> again = [&] { look = loop_.after(std::chrono::milliseconds(1), again); };
    again();
    return loop_.run_until(done, std::chrono::seconds(20));
  }

 private:
  void send(const std::string& answer) {
    const ssize_t n = ::send(peer_.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    EXPECT_EQ(n, static_cast<ssize_t>(answer.size()));
  }

  EventLoop& loop_;
  UniqueFd listener_;
  UniqueFd peer_;
  std::uint16_t port_ = 0;
  std::vector<std::string> calls_;
};

class RoleReloadTest : public testing::Test {
 protected:
  RoleReloadTest() { start_life(); }

  void start_life() {
    reload_ = std::make_unique<RoleReload>(
        loop_, exchanger_, random_, "127.0.0.1", [this] { ++changes_; }, kAgain);
  }
  link::Reload order(const std::string& tag) const {
    link::Reload reload;
    reload.set_tag(tag);
    reload.mutable_hadoop_rpc()->set_port(daemon_.port());
    reload.mutable_hadoop_rpc()->set_protocol(kProtocol);
    reload.mutable_hadoop_rpc()->set_method("refreshNodes");
    reload.mutable_hadoop_rpc()->set_user("hadoop");
    return reload;
  }
  // Whether the daemon got one more call, and it is the one of the orders.
  bool is_called() {
    HadoopClientId client{};
    const HadoopCall expected{kProtocol, 1, "refreshNodes", "", "hadoop"};
    if (!daemon_.take_call(encode_call(expected, client).size())) return false;
    const std::string& call = daemon_.calls().back();
    std::copy_n(call.begin() + kClientIdAt, client.size(), client.begin());
    return call == encode_call(expected, client);
  }
  // Whether what is told becomes something else.
  bool is_changed() {
    const int before = changes_;
    return daemon_.turn_until([&] { return changes_ > before; });
  }

  EventLoop loop_;
  Exchanger exchanger_;
  SeededRandom random_{1};
  HadoopDaemon daemon_{loop_};
  int changes_ = 0;
  std::unique_ptr<RoleReload> reload_;
};

TEST_F(RoleReloadTest, CallsOnceForATagAndOnceMoreForAnother) {
  reload_->want(order("a"));
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  EXPECT_EQ(reload_->reloaded(), "");
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->reloaded(), "a");
  EXPECT_EQ(reload_->error(), "");

  reload_->want(order("a"));
  reload_->want(order("b"));
  ASSERT_TRUE(is_called());
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  // A second call for "a" would have come first, and this answer would have been its.
  EXPECT_EQ(reload_->reloaded(), "b");
}

TEST_F(RoleReloadTest, CallsAgainInTheNextLifeOfTheProcess) {
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  daemon_.succeed();
  ASSERT_TRUE(is_changed());

  start_life();
  EXPECT_EQ(reload_->reloaded(), "");
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->reloaded(), "a");
}

TEST_F(RoleReloadTest, GivesNoAnswerOfAnEarlierLifeToTheNext) {
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  start_life();
  daemon_.succeed();
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());  // by then the first answer is in
  EXPECT_EQ(changes_, 0);
  EXPECT_EQ(reload_->reloaded(), "");
}

TEST_F(RoleReloadTest, SaysWhyACallFailedAndRepeatsItUntilOneSucceeds) {
  reload_->want(order("a"));
  const Time began = loop_.now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(is_called());
    daemon_.refuse();
  }
  ASSERT_TRUE(is_called());
  EXPECT_GE(loop_.now() - began, 3 * kAgain);
  EXPECT_EQ(reload_->error(), fmt::format("refreshNodes on port {}: a.B: no", daemon_.port()));
  EXPECT_EQ(reload_->reloaded(), "");
  EXPECT_EQ(changes_, 1);  // the same failure again is no news
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->error(), "");
  EXPECT_EQ(reload_->reloaded(), "a");
  const std::set<std::string> different(daemon_.calls().begin(), daemon_.calls().end());
  EXPECT_EQ(different.size(), 4U);  // each has a client id of its own
}

TEST_F(RoleReloadTest, CountsAnAnswerForTheTagThatTheCallWasMadeFor) {
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  reload_->want(order("b"));
  daemon_.succeed();
  ASSERT_TRUE(is_called());
  EXPECT_EQ(reload_->reloaded(), "a");
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->reloaded(), "b");
}

// The first call may have read the files of "b".
TEST_F(RoleReloadTest, CallsAgainForATagThatComesBackDuringACall) {
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  reload_->want(order("b"));
  reload_->want(order("a"));
  daemon_.succeed();
  ASSERT_TRUE(is_called());
  EXPECT_EQ(reload_->reloaded(), "");
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->reloaded(), "a");
}

TEST_F(RoleReloadTest, BeginsNoCallWhileItIsHeld) {
  reload_->want(order("a"));
  ASSERT_TRUE(is_called());
  reload_->hold();
  daemon_.refuse();
  ASSERT_TRUE(is_changed());
  EXPECT_NE(reload_->error(), "");
  // Longer than the pause before a repetition: timers come in their order.
  bool passed = false;
  const Timer later = loop_.after(2 * kAgain, [&] { passed = true; });
  ASSERT_TRUE(daemon_.turn_until([&] { return passed; }));

  reload_->want(order("b"));
  ASSERT_TRUE(is_called());
  daemon_.succeed();
  ASSERT_TRUE(is_changed());
  EXPECT_EQ(reload_->reloaded(), "b");  // not "a": nothing was called meanwhile
}

}  // namespace
}  // namespace tusker
