// The daemon of the agent's tests: prints its arguments one a line, then answers every HTTP request
// on a port with one JMX bean and obeys every call of Hadoop RPC. Static, so that a test image
// needs nothing else. usage: test_daemon PORT [WORD...]; port 0: end with exit code 7 at once.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  for (int i = 2; i < argc; ++i) std::printf("word=%s\n", argv[i]);
  std::printf("uid=%d\n", static_cast<int>(getuid()));
  std::fflush(stdout);
  const int port = std::atoi(argv[1]);
  if (port == 0) return 7;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<unsigned short>(port));
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16) != 0)
    return 3;
  static const char kAnswer[] =
      "HTTP/1.1 200 OK\r\nContent-Length: "
      "43\r\n\r\n{\"beans\":[{\"FSState\":\"Operational\",\"N\":2}]}";
  static const char kObeyed[] =
      "\0\0\0\x06\x04\x08\0\x10\0";  // its last byte ends an empty response
  for (;;) {
    const int peer = accept(listener, nullptr, nullptr);
    char block[4096];
    const ssize_t n = read(peer, block, sizeof block);
    const bool is_call = n > 4 && std::memcmp(block, "hrpc", 4) == 0;
    if (is_call) (void)!write(peer, kObeyed, sizeof kObeyed);
    if (n > 0 && !is_call) (void)!write(peer, kAnswer, std::strlen(kAnswer));
    close(peer);
  }
}
