#include "cli/port_owner.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/service_user.h"

namespace tusker::cli {
namespace {

TEST(PortOwner, IsNamedWhenThePortIsTaken) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd.get(), 1), 0);
  ASSERT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string listen = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
  const Status free = check_port_free(listen);
  ASSERT_FALSE(free.ok());
  EXPECT_EQ(free.error().code(), ErrorCode::AlreadyExists);
  EXPECT_NE(free.error().message().find(fmt::format("(pid {})", ::getpid())), std::string::npos)
      << free.error().message();
}

TEST(PortOwner, IsNobodyWhenTheKernelChoosesThePort) {
  EXPECT_TRUE(check_port_free("127.0.0.1:0").ok());
}

TEST(PortOwner, IsNotLookedForAtAnAddressThatIsNone) {
  EXPECT_FALSE(check_port_free("localhost").ok());
  EXPECT_FALSE(check_port_free("name.invalid:80").ok());
}

TEST(ListeningInode, IsReadFromTheKernelsTable) {
  const char* table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 0100007F:1D38 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 "
      "111 1\n"
      "   1: 0100007F:1D38 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "222 1\n";
  EXPECT_EQ(listening_inode(table, 7480), "222");
  EXPECT_EQ(listening_inode(table, 7481), std::nullopt);
}

TEST(ServiceUser, IsTheSameForADataFolderAndUnprivileged) {
  const auto [uid, gid] = service_user("/var/lib/tusker");
  EXPECT_EQ(service_user("/var/lib/tusker"), std::pair(uid, gid));
  EXPECT_NE(uid, 0U);
  EXPECT_NE(gid, 0U);
}

}  // namespace
}  // namespace tusker::cli
