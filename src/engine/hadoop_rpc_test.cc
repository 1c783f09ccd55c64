#include "engine/hadoop_rpc.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace tusker {
namespace {

std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

HadoopClientId client() {
  HadoopClientId id;
  for (std::uint8_t i = 0; i < id.size(); ++i) id[i] = i;
  return id;
}

// Bytes of a client that a NameNode 3.5.0 obeyed.
TEST(HadoopCall, HasTheBytesThatANameNodeObeys) {
  const HadoopCall call{
      "org.apache.hadoop.hdfs.protocol.ClientProtocol", 1, "refreshNodes", "", "hadoop"};
  const std::string bytes = encode_call(call, client());
  EXPECT_EQ(hex(bytes),
            "68727063090000000000561a0802100018052210000102030405060708090a0b0c0d0e0f28013a12"
            "080a066861646f6f701a2e6f72672e6170616368652e6861646f6f702e686466732e70726f746f63"
            "6f6c2e436c69656e7450726f746f636f6c0000005d1a080210001800221000010203040506070809"
            "0a0b0c0d0e0f2801400a0c726566726573684e6f646573122e6f72672e6170616368652e6861646f"
            "6f702e686466732e70726f746f636f6c2e436c69656e7450726f746f636f6c180100");
}

TEST(HadoopAnswer, IsWholeOnlyWithItsLastByte) {
  const std::string answer = *from_hex(
      "00000006"
      "04"
      "08001000"
      "00");
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_FALSE(*is_whole_answer(std::string_view(answer).substr(0, size))) << size;
  }
  EXPECT_TRUE(*is_whole_answer(answer));
}

TEST(HadoopAnswer, HoldsTheResponse) {
  const auto answer =
      decode_answer(*from_hex("00000008"
                              "04"
                              "08001000"
                              "02"
                              "0a00"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(hex(*answer), "0a00");
}

TEST(HadoopAnswer, TellsWhyTheServerRefused) {
  // status 1, exception "a.B", message "no\nstack"
  const auto answer =
      decode_answer(*from_hex("00000014"
                              "13"
                              "08001001"
                              "2203612e42"
                              "2a086e6f0a737461636b"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(answer.error().message(), "a.B: no");
}

TEST(HadoopAnswer, RefusesWhatIsCutOrNotOne) {
  for (const char* text :
       {"", "0000", "00000002ffff", "0000000104", "00000003048001", "ffffffff"}) {
    EXPECT_FALSE(decode_answer(*from_hex(text)).ok()) << text;
  }
  EXPECT_FALSE(is_whole_answer("HTTP/1.1 404").ok());
}

}  // namespace
}  // namespace tusker
