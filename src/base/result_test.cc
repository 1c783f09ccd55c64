#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace tusker {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error::make(ErrorCode::InvalidArgument, "{} is odd", number);
  return number / 2;
}

Result<int> quarter(int number) {
  TK_TRY(const int first, half(number).context("first half"));
  TK_TRY(const int second, half(first).context("second half of {}", number));
  return second;
}

Status check_quarter(int number) {
  TK_TRY_VOID(half(number));
  TK_TRY_VOID(quarter(number).context("check"));
  return ok_status();
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_FALSE(quarter(7).ok());
  EXPECT_EQ(quarter(7).error().message(), "first half: 7 is odd");
  EXPECT_EQ(quarter(6).error().message(), "second half of 6: 3 is odd");
  EXPECT_EQ(quarter(6).error().code(), ErrorCode::InvalidArgument);
}

TEST(Status, PassesErrorsOn) {
  EXPECT_TRUE(check_quarter(4).ok());
  EXPECT_EQ(check_quarter(6).error().message(), "check: second half of 6: 3 is odd");
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 7);
}

TEST(Error, KeepsItsApiCodeThroughContext) {
  const Error error = Error(ErrorCode::NotFound, "no")
                          .with_api_code("ResourceNotFound.ClusterNotFound")
                          .context("while {}", "asking");
  EXPECT_EQ(error.api_code(), "ResourceNotFound.ClusterNotFound");
  EXPECT_EQ(error.message(), "while asking: no");
}

TEST(Error, ComesFromErrnoWithItsReaction) {
  EXPECT_EQ(Error::from_errno(ENOENT, "/x").code(), ErrorCode::NotFound);
  EXPECT_EQ(Error::from_errno(ENOSPC, "/x").code(), ErrorCode::ResourceExhausted);
  EXPECT_EQ(Error::from_errno(EADDRINUSE, "/x").code(), ErrorCode::Busy);
  EXPECT_EQ(Error::from_errno(ENOENT, "/x").message(), "/x: No such file or directory");
}

TEST(Error, SaysWhetherTryingAgainMayHelp) {
  EXPECT_TRUE(Error(ErrorCode::Unavailable, "").retryable());
  EXPECT_TRUE(Error(ErrorCode::Busy, "").retryable());
  EXPECT_FALSE(Error(ErrorCode::InvalidArgument, "").retryable());
}

TEST(ResultDeathTest, AbortsWhoeverTakesTheValueOfAFailure) {
  EXPECT_DEATH(static_cast<void>(*half(1)), "value of a failed Result: 1 is odd");
  EXPECT_DEATH(static_cast<void>(half(2).error()), "error of a Result that holds a value");
}

}  // namespace
}  // namespace tusker
