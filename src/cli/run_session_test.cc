#include "cli/run_session.h"

#include <gtest/gtest.h>

#include <vector>

#include "cli/run_client.h"
#include "proto/link.pb.h"

namespace tusker::cli {
namespace {

class RunSessionTest : public ::testing::Test {
 protected:
  void receive(const link::StreamFrame& frame) { session_.on_message(frame.SerializeAsString()); }
  void receive_output(const std::string& bytes) {
    link::StreamFrame frame;
    frame.set_output(bytes);
    receive(frame);
  }
  void receive_exit(int code) {
    link::StreamFrame frame;
    frame.set_exit_code(code);
    receive(frame);
  }

  std::vector<link::StreamFrame> sent_;
  std::vector<std::string> out_;
  std::vector<std::string> err_;
  std::vector<RunEnd> ends_;
  RunSession session_{
      {.send =
           [this](std::string bytes) {
             link::StreamFrame frame;
             ASSERT_TRUE(frame.ParseFromString(bytes));
             sent_.push_back(frame);
           },
       .write = [this](bool to_error,
                       std::string bytes) { (to_error ? err_ : out_).push_back(bytes); },
       .end = [this](RunEnd end) { ends_.push_back(end); }}};
};

TEST_F(RunSessionTest, PassesInputAndItsEndOnce) {
  session_.on_input("hello");
  session_.on_input_end();
  session_.on_input_end();
  session_.on_input("late");
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[0].input(), "hello");
  EXPECT_TRUE(sent_[1].input_end());
}

TEST_F(RunSessionTest, KeepsOutputAndErrorOutputApart) {
  receive_output("out");
  link::StreamFrame frame;
  frame.set_error_output("err");
  receive(frame);
  EXPECT_EQ(out_, std::vector<std::string>{"out"});
  EXPECT_EQ(err_, std::vector<std::string>{"err"});
}

TEST_F(RunSessionTest, AcknowledgesOnlyWhatWasWritten) {
  receive_output("12345");
  receive_output("678");
  EXPECT_TRUE(sent_.empty());
  session_.written(5);
  session_.written(3);
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[0].acknowledged(), 5U);
  EXPECT_EQ(sent_[1].acknowledged(), 8U);
}

TEST_F(RunSessionTest, EndsWithTheProgramsCodeAfterItsLastOutputWasWritten) {
  receive_output("last words");
  receive_exit(42);
  EXPECT_TRUE(ends_.empty());
  session_.written(10);
  ASSERT_EQ(ends_.size(), 1U);
  EXPECT_EQ(ends_[0].exit_code, 42);
  EXPECT_TRUE(ends_[0].failure.empty());
  session_.on_closed("");
  EXPECT_EQ(ends_.size(), 1U);
}

TEST_F(RunSessionTest, TakesALostConnectionForAFailureAndNotForAnExitCode) {
  session_.on_closed("going away");
  ASSERT_EQ(ends_.size(), 1U);
  EXPECT_EQ(ends_[0].failure, "the connection was closed before the program ended: going away");
}

TEST_F(RunSessionTest, PassesSignalsAndTheWindowsSize) {
  session_.on_signal(2);
  session_.on_window(120, 40);
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[0].signal(), 2);
  EXPECT_EQ(sent_[1].window().columns(), 120U);
}

TEST_F(RunSessionTest, StopsWantingInputWhileTheProgramHasNotTakenAMegabyte) {
  EXPECT_EQ(session_.input_room(), 64U << 10);
  session_.on_input(std::string((1U << 20) - 10, 'x'));
  EXPECT_EQ(session_.input_room(), 10U);
  session_.on_input(std::string(10, 'x'));
  EXPECT_EQ(session_.input_room(), 0U);
  link::StreamFrame taken;
  taken.set_acknowledged(100);
  session_.on_message(taken.SerializeAsString());
  EXPECT_EQ(session_.input_room(), 100U);
  session_.on_input_end();
  EXPECT_EQ(session_.input_room(), 0U);
}

TEST_F(RunSessionTest, RefusesBytesThatAreNotAFrame) {
  session_.on_message("\xFF\xFF\xFF");
  ASSERT_EQ(ends_.size(), 1U);
  EXPECT_FALSE(ends_[0].failure.empty());
}

TEST(StreamQuery, EscapesEverythingThatASignatureCouldReadOtherwise) {
  RunRequest request{.cluster_id = "emr-aaaaaaaa",
                     .node = "master-1",
                     .user = "tusker",
                     .argv = {"echo", "a b&c=ü"}};
  EXPECT_EQ(stream_query(request, false, 0, 0),
            "InstanceId=emr-aaaaaaaa&Node=master-1&User=tusker&Argv.0=echo&Argv.1=a%20b%26c%3D%C3%"
            "BC&Terminal=0");
  request.argv.clear();
  EXPECT_EQ(stream_query(request, true, 100, 30),
            "InstanceId=emr-aaaaaaaa&Node=master-1&User=tusker&Terminal=1&Columns=100&Rows=30");
}

}  // namespace
}  // namespace tusker::cli
