#include "api/errors.h"

#include "api/generated/error_codes.h"

namespace tusker::api {

std::string_view api_code_of(const Error& error) {
  if (!error.api_code().empty()) return error.api_code();
  switch (error.code()) {
    case ErrorCode::InvalidArgument:
      return code::kInvalidParameter;
    case ErrorCode::NotFound:
      return code::kResourceNotFound;
    case ErrorCode::AlreadyExists:
    case ErrorCode::FailedPrecondition:
    case ErrorCode::Cancelled:
      return code::kFailedOperation;
    case ErrorCode::Busy:
      return code::kResourceInUse_InstanceInProcess;
    case ErrorCode::ResourceExhausted:
      return code::kResourceInsufficient;
    case ErrorCode::PermissionDenied:
      return code::kUnauthorizedOperation;
    case ErrorCode::Unauthenticated:
      return code::kAuthFailure_SignatureFailure;
    case ErrorCode::Unavailable:
      return code::kServiceUnavailable;
    case ErrorCode::Unsupported:
      return code::kUnsupportedOperation;
    case ErrorCode::DeadlineExceeded:
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
      return code::kInternalError;
  }
  return code::kInternalError;
}

Error not_supported(std::string_view parameter, std::string_view why) {
  return api_error(code::kUnsupportedOperation, "{}: {}", parameter, why);
}

}  // namespace tusker::api
