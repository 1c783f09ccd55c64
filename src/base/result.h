#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace tusker {

// What a caller can do about a failure: one code per reaction, not one per cause.
enum class ErrorCode {
  InvalidArgument,     // the request is wrong whatever the state; do not repeat it
  NotFound,            // the thing named does not exist
  AlreadyExists,       // the thing to be made exists
  FailedPrecondition,  // right request, wrong state; something else has to happen first
  Busy,                // another operation holds it; wait for that one
  ResourceExhausted,   // not enough memory, disk, addresses, or a limit is reached
  PermissionDenied,    // known caller, not allowed
  Unauthenticated,     // unknown caller
  Unavailable,         // the other side is not there now; trying again may help
  DeadlineExceeded,
  Cancelled,
  Unsupported,  // documented, and not built or not possible here
  Corrupt,      // stored or received bytes are not what they should be
  Internal,     // ours to fix
};

std::string_view to_string(ErrorCode code);

// An expected failure, as a value. Cheap to move; the message is for people: what was expected,
// what was found, what to do.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  template <typename... Args>
  static Error make(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
    return Error(code, fmt::format(format, std::forward<Args>(args)...));
  }
  // From errno, as "message: No such file or directory". `number` decides the code: ENOENT is
  // NotFound, ENOSPC ResourceExhausted…
  static Error from_errno(int number, std::string_view message);

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // The documented public API code, e.g. "InvalidParameter.InvalidCoreCount", when the place that
  // failed knows it; else empty.
  std::string_view api_code() const { return api_code_; }
  Error&& with_api_code(std::string_view static_string) && {
    api_code_ = static_string;
    return std::move(*this);
  }

  // Says what was being done, outermost first: "create cluster demo: place core-2: host a has 1 GB,
  // needs 2 GB".
  template <typename... Args>
  Error&& context(fmt::format_string<Args...> format, Args&&... args) && {
    message_ = fmt::format(format, std::forward<Args>(args)...) + ": " + message_;
    return std::move(*this);
  }

  // Whether the same call may succeed later without anybody changing anything.
  bool retryable() const {
    return code_ == ErrorCode::Unavailable || code_ == ErrorCode::DeadlineExceeded ||
           code_ == ErrorCode::Busy;
  }

 private:
  ErrorCode code_;
  std::string message_;
  std::string_view api_code_;  // always a string literal
};

// A value or the Error that stood in its way.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    TK_CHECK(ok(), "value of a failed Result: {}", std::get<1>(state_).message());
    return std::get<0>(state_);
  }
  T& value() & {
    TK_CHECK(ok(), "value of a failed Result: {}", std::get<1>(state_).message());
    return std::get<0>(state_);
  }
  T&& value() && {
    TK_CHECK(ok(), "value of a failed Result: {}", std::get<1>(state_).message());
    return std::get<0>(std::move(state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const& {
    TK_CHECK(!ok(), "error of a Result that holds a value");
    return std::get<1>(state_);
  }
  Error&& error() && {
    TK_CHECK(!ok(), "error of a Result that holds a value");
    return std::get<1>(std::move(state_));
  }

  template <typename... Args>
  Result&& context(fmt::format_string<Args...> format, Args&&... args) && {
    if (!ok()) {
      // In place: Error::context() returns the same object, and assigning a string to itself may
      // empty it.
      static_cast<void>(
          std::move(std::get<1>(state_)).context(format, std::forward<Args>(args)...));
    }
    return std::move(*this);
  }

 private:
  std::variant<T, Error> state_;
};

// Result of something done for its effect.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    TK_CHECK(!ok(), "error of a Status that is ok");
    return *error_;
  }
  Error&& error() && {
    TK_CHECK(!ok(), "error of a Status that is ok");
    return *std::move(error_);
  }

  template <typename... Args>
  Result&& context(fmt::format_string<Args...> format, Args&&... args) && {
    if (!ok()) {
      static_cast<void>(std::move(*error_).context(format, std::forward<Args>(args)...));
    }
    return std::move(*this);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;
inline Status ok_status() {
  return Status();
}

}  // namespace tusker

#define TK_CONCAT_INNER(a, b) a##b
#define TK_CONCAT(a, b) TK_CONCAT_INNER(a, b)
#define TK_TRY_INNER(temp, declaration, ...)      \
  auto temp = (__VA_ARGS__);                      \
  if (!temp.ok()) return std::move(temp).error(); \
  declaration = *std::move(temp)

// TK_TRY(const Cluster cluster, store.load_cluster(id));  declares `cluster`, or returns the error
// from this function.
#define TK_TRY(declaration, ...) \
  TK_TRY_INNER(TK_CONCAT(tk_result_, __COUNTER__), declaration, __VA_ARGS__)

// TK_TRY_VOID(validate(request).context("resize cluster {}", id));
#define TK_TRY_VOID(...)                                                                      \
  do {                                                                                        \
    if (auto tk_status = (__VA_ARGS__); !tk_status.ok()) return std::move(tk_status).error(); \
  } while (false)
