#include "control/telling_line.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

LogLines lines(std::initializer_list<const char*> texts) {
  LogLines log;
  for (const char* text : texts) log.Add(text);
  return log;
}

TEST(TellingLine, OfADaemonIsTheErrorAndNotItsFarewell) {
  EXPECT_EQ(telling_line(lines({
                "2026-11-26 20:00:01,000 ERROR datanode.DataNode: Exception in secureMain",
                "java.net.BindException: Problem binding to [0.0.0.0:4001] "
                "java.net.BindException: Address already in use",
                "\tat java.base/sun.nio.ch.Net.bind0(Native Method)",
                "2026-11-26 20:00:01,100 INFO datanode.DataNode: SHUTDOWN_MSG: ",
                "/************************************************************",
                "SHUTDOWN_MSG: Shutting down DataNode at core-1/10.231.0.3",
            })),
            "java.net.BindException: Problem binding to [0.0.0.0:4001] java.net.BindException: "
            "Address already in use");
}

TEST(TellingLine, OfAVirtualMachineIsWhatIsWrongAndNotThatItIs) {
  EXPECT_EQ(telling_line(lines({"Invalid maximum heap size: -Xmx999999g",
                                "Error: Could not create the Java Virtual Machine.",
                                "Error: A fatal exception has occurred. Program will exit."})),
            "Invalid maximum heap size: -Xmx999999g");
}

TEST(TellingLine, OfAStackTraceIsItsLastCause) {
  EXPECT_EQ(telling_line(lines({"Exception in thread \"main\" java.io.IOException: first",
                                "    at a.B.c(B.java:1)",
                                "Caused by: java.util.zip.ZipException: zip END header not found",
                                "    ... 3 more"})),
            "Caused by: java.util.zip.ZipException: zip END header not found");
}

TEST(TellingLine, HasNoDateAndNoWordsOfTheLogger) {
  EXPECT_EQ(
      telling_line(lines({"2026-11-26 20:52:10,371 INFO util.ExitUtil: Exiting with status 1: "
                          "java.lang.NumberFormatException: For input string: \"many\""})),
      "java.lang.NumberFormatException: For input string: \"many\"");
  EXPECT_EQ(telling_line(lines({"2026-11-26 Error: x"})), "2026-11-26 Error: x");
}

TEST(TellingLine, OfAClientIsWhatItWasToldUnlessItKnowsMore) {
  LogLines log =
      lines({"2026-11-26 21:10:03,351 INFO mapreduce.Job: Job job_1 failed with state "
             "FAILED due to: Application application_1 failed 2 times",
             "Exit code: 1",
             "Job job_1 failed!"});
  EXPECT_EQ(telling_line(log),
            "Job job_1 failed with state FAILED due to: Application application_1 failed 2 times");
  log.Add("Error: java.lang.RuntimeException: of a task");
  EXPECT_EQ(telling_line(log), "Error: java.lang.RuntimeException: of a task");
}

TEST(TellingLine, IsNoneWhereNothingIsToldAndIsShort) {
  EXPECT_EQ(telling_line(lines({})), "");
  EXPECT_EQ(telling_line(lines({"starting", "", "  Exception: of a frame"})), "");
  EXPECT_LE(telling_line(lines({("Error: " + std::string(5000, 'x')).c_str()})).size(), 303U);
}

TEST(EndText, NamesTheSignalOrTheReason) {
  EXPECT_EQ(end_text(1, lines({"Error: no such thing"})),
            "ended with exit code 1: Error: no such thing");
  EXPECT_EQ(end_text(3, lines({})), "ended with exit code 3");
  // A log of what went before explains nothing of a kill.
  EXPECT_EQ(end_text(137, lines({"Error: earlier"})), "ended with exit code 137, by signal 9");
}

}  // namespace
}  // namespace tusker
