#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker {

// Whom WebHDFS acts as for pages: the ordinary user of nodes, as `tusker run` does, so that what he
// has put into HDFS can be looked at. Everything else of a page is hadoop.http.staticuser.user.
inline constexpr std::string_view kPageUser = "tusker";

// What is asked of a node for a path and query of a browser's: the same, but WebHDFS always acts as
// kPageUser. Pure.
//
// PermissionDenied: the query names another user (without Kerberos, Hadoop believes it:
// ?user.name=hadoop is the superuser), or the path is not for looking (/logLevel sets levels by
// GET, /imagetransfer hands out the whole name space). InvalidArgument: a path with "." or "..".
Result<std::string> node_target(std::string_view path, std::string_view query);

}  // namespace tusker
