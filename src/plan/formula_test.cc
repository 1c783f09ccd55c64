#include "plan/formula.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

std::optional<double> fact(std::string_view name) {
  if (name == "core_nodes") return 3;
  if (name == "zero") return 0;
  return std::nullopt;
}

double evaluated(std::string_view formula) {
  const auto value = evaluate_formula(formula, fact);
  EXPECT_TRUE(value.ok()) << formula << ": " << (value.ok() ? "" : value.error().message());
  return value.ok() ? *value : -1;
}

std::string failure(std::string_view formula) {
  const auto value = evaluate_formula(formula, fact);
  return value.ok() ? "no failure" : value.error().message();
}

TEST(Formula, ComputesWithTheUsualPrecedence) {
  EXPECT_EQ(evaluated("1 + 2 * 3"), 7);
  EXPECT_EQ(evaluated("(1 + 2) * 3"), 9);
  EXPECT_EQ(evaluated("10 - 4 - 3"), 3);
  EXPECT_EQ(evaluated("-core_nodes + 5"), 2);
  EXPECT_EQ(evaluated("1 + 1 < 3 && 2 >= 2 || zero"), 1);
}

TEST(Formula, ChoosesByACondition) {
  EXPECT_EQ(evaluated("core_nodes >= 4 ? 3 : min(2, core_nodes)"), 2);
  EXPECT_EQ(evaluated("zero ? 1 : core_nodes == 3 ? 20 : 30"), 20);
}

TEST(Formula, HasTheFunctionsThatSizingNeeds) {
  EXPECT_EQ(evaluated("max(1, 5, 2)"), 5);
  EXPECT_EQ(evaluated("floor(7 / 2)"), 3);
  EXPECT_EQ(evaluated("step(1000, 64)"), 960);
  EXPECT_EQ(evaluated("clamp(5, 10, 20)"), 10);
  EXPECT_EQ(evaluated("clamp(25, 10, 20)"), 20);
}

TEST(Formula, SaysWhereItIsWrong) {
  EXPECT_NE(failure("1 +").find("column 4: expected a number, a name or \"(\""), std::string::npos)
      << failure("1 +");
  EXPECT_NE(failure("(1").find("\")\""), std::string::npos);
  EXPECT_NE(failure("cores + 1").find("no fact \"cores\""), std::string::npos);
  EXPECT_NE(failure("1 / zero").find("divisor"), std::string::npos);
  EXPECT_NE(failure("1 2").find("the end or an operator"), std::string::npos);
  EXPECT_NE(failure("floor(1, 2)").find("floor(x)"), std::string::npos);
  EXPECT_NE(failure("").find("column 1"), std::string::npos);
}

TEST(Formula, RefusesNestingThatWouldExhaustTheStack) {
  EXPECT_NE(failure(std::string(100000, '(')).find("less nesting"), std::string::npos);
  EXPECT_NE(failure(std::string(100000, '-')).find("less nesting"), std::string::npos);
}

TEST(Formula, TellsWhichFactsItNames) {
  const auto names = facts_of_formula("a > 1 ? b / (a - c) : min(b, 2)");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Formula, WritesNumbersWithoutNeedlessDigits) {
  EXPECT_EQ(number_text(30000), "30000");
  EXPECT_EQ(number_text(0.05), "0.05");
  EXPECT_EQ(number_text(-1), "-1");
}

}  // namespace
}  // namespace tusker
