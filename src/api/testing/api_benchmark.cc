// How many signed DescribeInstances of 20 clusters one core answers, without a network: every
// request is signed anew, so that nothing but derived keys can be kept. Prints requests a second
// and bytes of an answer; the argument is the number of requests.

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "api/testing/api_world.h"

int main(int argc, char** argv) {
  using namespace tusker::api;
  const int count = argc > 1 ? std::atoi(argv[1]) : 20'000;
  ApiWorld world;
  for (int i = 0; i < 20; ++i) world.create(fmt::format("cluster-{}", i));

  // Signed before the clock starts: the client's work is not the server's.
  std::vector<RawRequest> requests;
  std::vector<std::vector<Header>> headers;
  for (int i = 0; i < count; ++i) {
    world.clock.advance(std::chrono::milliseconds(1));
    requests.push_back(world.signed_request(
        "DescribeInstances",
        fmt::format(
            R"({{"DisplayStrategy": "clusterList", "Limit": 100, "Offset": 0, "ProjectId": {}}})",
            -1)));
  }
  for (const RawRequest& request : requests) {
    auto& list = headers.emplace_back();
    for (const auto& [name, value] : request.headers) list.push_back({name, value});
  }

  std::size_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    world.api->handle({requests[i].method, "/", "", headers[i], requests[i].body, "127.0.0.1"},
                      [&](ApiReply reply) { bytes += reply.body.size(); });
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << fmt::format("{:.0f} requests/s, {:.1f} us each, {} bytes an answer\n",
                           count / seconds,
                           seconds / count * 1e6,
                           bytes / requests.size());
  return 0;
}
