#include "pages/page_request.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

TEST(NodeTarget, IsWhatTheBrowserAskedFor) {
  EXPECT_EQ(node_target("/", "").value(), "/");
  EXPECT_EQ(node_target("/jmx", "qry=Hadoop:service=NameNode,name=X").value(),
            "/jmx?qry=Hadoop:service=NameNode,name=X");
  EXPECT_EQ(node_target("/a%20b/c", "").value(), "/a%20b/c");
}

TEST(NodeTarget, WebHdfsActsAsTheUserOfPages) {
  EXPECT_EQ(node_target("/webhdfs/v1/a", "").value(), "/webhdfs/v1/a?user.name=tusker");
  EXPECT_EQ(node_target("/webhdfs/v1/a", "op=OPEN").value(),
            "/webhdfs/v1/a?op=OPEN&user.name=tusker");
  EXPECT_EQ(node_target("//web%68dfs/v1/a", "op=OPEN").value(),
            "//web%68dfs/v1/a?op=OPEN&user.name=tusker");
  EXPECT_EQ(node_target("/webhdfs/v1/a", "op=OPEN&user.name=tusker").value(),
            "/webhdfs/v1/a?op=OPEN&user.name=tusker");
}

// Without Kerberos, Hadoop believes what the query says.
TEST(NodeTarget, NobodyElseCanBeNamed) {
  for (const char* query : {"user.name=hadoop",
                            "op=OPEN&user.name=hadoop",
                            "op=OPEN&USER.NAME=hadoop",
                            "op=OPEN&user%2Ename=hadoop",
                            "op=OPEN&%75ser.name=hadoop",
                            "op=OPEN;user.name=hadoop",
                            "user.name=tusker&user.name=hadoop",
                            "user.name",
                            "user.name=",
                            "doas=tusker",
                            "op=OPEN&doAs=hadoop"}) {
    const Result<std::string> target = node_target("/webhdfs/v1/", query);
    ASSERT_FALSE(target.ok()) << query;
    EXPECT_EQ(target.error().code(), ErrorCode::PermissionDenied) << query;
    EXPECT_FALSE(node_target("/", query).ok()) << query;
  }
}

TEST(NodeTarget, WhatIsNotForLookingIsNotPassedOn) {
  for (const char* path : {"/logLevel",
                           "/log%4Cevel",
                           "//logLevel",
                           "/logLevel;jsessionid=1",
                           "/;x/logLevel",
                           "/imagetransfer",
                           "/static/../logLevel",
                           "/static/%2e%2e/logLevel",
                           "/./logLevel",
                           "/a%2flogLevel"}) {
    EXPECT_FALSE(node_target(path, "").ok()) << path;
  }
  EXPECT_TRUE(node_target("/static/logLevel", "").ok());
}

}  // namespace
}  // namespace tusker
