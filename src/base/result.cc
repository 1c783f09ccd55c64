#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace tusker {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return "invalid argument";
    case ErrorCode::NotFound:
      return "not found";
    case ErrorCode::AlreadyExists:
      return "already exists";
    case ErrorCode::FailedPrecondition:
      return "failed precondition";
    case ErrorCode::Busy:
      return "busy";
    case ErrorCode::ResourceExhausted:
      return "resource exhausted";
    case ErrorCode::PermissionDenied:
      return "permission denied";
    case ErrorCode::Unauthenticated:
      return "unauthenticated";
    case ErrorCode::Unavailable:
      return "unavailable";
    case ErrorCode::DeadlineExceeded:
      return "deadline exceeded";
    case ErrorCode::Cancelled:
      return "cancelled";
    case ErrorCode::Unsupported:
      return "unsupported";
    case ErrorCode::Corrupt:
      return "corrupt";
    case ErrorCode::Internal:
      return "internal";
  }
  return "unknown";
}

namespace {

ErrorCode code_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENXIO:
    case ESRCH:
      return ErrorCode::NotFound;
    case EEXIST:
      return ErrorCode::AlreadyExists;
    case EACCES:
    case EPERM:
      return ErrorCode::PermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return ErrorCode::ResourceExhausted;
    case EBUSY:
    case EADDRINUSE:
      return ErrorCode::Busy;
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case ENETUNREACH:
    case EHOSTUNREACH:
      return ErrorCode::Unavailable;
    case ETIMEDOUT:
      return ErrorCode::DeadlineExceeded;
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
      return ErrorCode::InvalidArgument;
    case ENOSYS:
    case EOPNOTSUPP:
      return ErrorCode::Unsupported;
    default:
      return ErrorCode::Internal;
  }
}

}  // namespace

Error Error::from_errno(int number, std::string_view message) {
  return Error(code_of_errno(number),
               fmt::format("{}: {}", message, std::generic_category().message(number)));
}

}  // namespace tusker
