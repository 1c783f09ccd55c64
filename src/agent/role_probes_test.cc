#include "agent/role_probes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file.h"

namespace tusker {
namespace {

// A daemon's page on the loopback, {"Silence": N}: N as the test says. Turns the loop while it
// waits.
class Page {
 public:
  explicit Page(EventLoop& loop)
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

  bool answer(int number, const std::function<bool()>& done) {
    Timer look;
    std::function<void()> again = [&] {
      answer_one(number);
      look = loop_.after(std::chrono::milliseconds(1), again);
    };
    again();
    return loop_.run_until(done, std::chrono::seconds(20));
  }

 private:
  void answer_one(int number) {
    const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, 0));
    if (!peer) return;
    char request[4096];
    TK_CHECK(::recv(peer.get(), request, sizeof request, 0) > 0, "recv");
    const std::string page = fmt::format("HTTP/1.0 200 OK\r\n\r\n{{\"Silence\": \"{}\"}}", number);
    TK_CHECK(::send(peer.get(), page.data(), page.size(), MSG_NOSIGNAL) > 0, "send");
  }

  EventLoop& loop_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
};

TEST(RoleProbes, ANumberBeyondItsLimitIsTroubleOnlyOnceItWasWithin) {
  EventLoop loop;
  Exchanger exchanger;
  Page page(loop);
  link::Probe probe;
  (*probe.mutable_json()->mutable_facts())["Silence"] = "/Silence";
  probe.mutable_json()->set_path("/figures");
  probe.mutable_json()->set_port(page.port());
  probe.set_starting_interval_ms(50);
  probe.set_interval_ms(50);
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("Silence");
  limit.set_most(7);
  limit.set_says("not answered for {} s");
  RoleProbes probes(loop, exchanger, "127.0.0.1", {probe}, [] {});

  ASSERT_TRUE(page.answer(11763, [&] { return probes.facts().contains("Silence"); }));
  EXPECT_FALSE(probes.ready()) << "a DataNode counts from the host's start until the first answer";
  EXPECT_NE(probes.not_ready().find("not answered for 11763 s"), std::string::npos);

  ASSERT_TRUE(page.answer(1, [&] { return probes.ready(); }));
  EXPECT_EQ(probes.not_ready(), "");

  ASSERT_TRUE(page.answer(9, [&] { return probes.not_ready() == "not answered for 9 s"; }));
  EXPECT_TRUE(probes.ready());
}

TEST(PassedLimit, SaysWhatALargerNumberMeans) {
  link::Probe probe;
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("Silence");
  limit.set_most(7);
  limit.set_says("not answered for {} s");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "7"}}), "");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "8"}}), "not answered for 8 s");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "no number"}}), "");
  EXPECT_EQ(passed_limit(probe, {}), "") << "it is not known";
  EXPECT_EQ(unmet_condition(probe, {{"Silence", "8"}}), "") << "it stays ready";
}

TEST(PassedLimit, SaysWhatAnotherTextMeans) {
  link::Probe probe;
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("FSState");
  limit.set_equals("Operational");
  limit.set_says("is in {}");
  EXPECT_EQ(passed_limit(probe, {{"FSState", "Operational"}}), "");
  EXPECT_EQ(passed_limit(probe, {{"FSState", "safeMode"}}), "is in safeMode");
}

}  // namespace
}  // namespace tusker
