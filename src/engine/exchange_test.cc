#include "engine/exchange.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/file.h"
#include "engine/http_get.h"

namespace tusker {
namespace {

// A real listener on the loopback that answers each connection with fixed bytes.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(fd_.get(), 4);
    socklen_t size = sizeof address;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  void answer_once(const std::string& bytes) {
    const UniqueFd peer(::accept(fd_.get(), nullptr, nullptr));
    char block[4096];
    [[maybe_unused]] const ssize_t n = ::recv(peer.get(), block, sizeof block, 0);
    ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void close() { fd_.reset(); }

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

Result<std::string> carry_out(Exchange exchange) {
  Exchanger exchanger;
  std::promise<Result<std::string>> promise;
  auto future = promise.get_future();
  exchanger.start(std::move(exchange),
                  [&](Result<std::string> answer) { promise.set_value(std::move(answer)); });
  return future.get();
}

Exchange to(std::uint16_t port) {
  Exchange exchange;
  exchange.address = "127.0.0.1";
  exchange.port = port;
  exchange.complete = [](std::string_view, bool ended) -> Result<bool> { return ended; };
  return exchange;
}

TEST(Exchanger, FindsThatAPortAccepts) {
  Listener listener;
  EXPECT_TRUE(carry_out(to(listener.port())).ok());
}

TEST(Exchanger, SaysThatAPortRefuses) {
  Listener listener;
  const std::uint16_t port = listener.port();
  listener.close();
  const auto answer = carry_out(to(port));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::Unavailable);
  EXPECT_NE(answer.error().message().find("refused"), std::string::npos)
      << answer.error().message();
}

TEST(Exchanger, GivesUpOnASilentEngineAtTheDeadline) {
  Listener listener;  // the kernel accepts, nobody answers
  Exchange exchange = to(listener.port());
  exchange.request = "hello";
  exchange.deadline = std::chrono::milliseconds(20);
  const auto answer = carry_out(std::move(exchange));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::DeadlineExceeded);
}

TEST(Exchanger, RefusesAnAnswerBeyondTheLimit) {
  Listener listener;
  std::thread server([&] { listener.answer_once(std::string(1000, 'x')); });
  Exchange exchange = to(listener.port());
  exchange.request = "hello";
  exchange.limit = 100;
  const auto answer = carry_out(std::move(exchange));
  server.join();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::ResourceExhausted);
}

TEST(Exchanger, GetsAPage) {
  Listener listener;
  std::thread server(
      [&] { listener.answer_once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"); });
  Exchanger exchanger;
  std::promise<Result<EnginePage>> promise;
  get_page(exchanger,
           "127.0.0.1",
           listener.port(),
           "/",
           std::chrono::seconds(5),
           [&](Result<EnginePage> page) { promise.set_value(std::move(page)); });
  const auto page = promise.get_future().get();
  server.join();
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(page->body, "{}");
}

TEST(Exchanger, DropsWhatIsUnfinishedWhenItGoes) {
  Listener listener;
  bool called = false;
  {
    Exchanger exchanger;
    Exchange exchange = to(listener.port());
    exchange.request = "hello";
    exchanger.start(std::move(exchange), [&](Result<std::string>) { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace tusker
