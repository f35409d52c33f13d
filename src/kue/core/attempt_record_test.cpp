#include "kue/core/attempt_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kue::core {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Failure failure(std::string message, std::string backtrace = {}) {
  return {.type = "std::runtime_error", .message = std::move(message), .backtrace = std::move(backtrace), .signal = 11};
}

TEST(AttemptRecord, a_short_failure_fits_into_the_head) {
  Attempt const attempt = attempt_of(failure("no"), {.claim_no = 3, .attempt = 2, .reason = Reason::error, .pid = 7});
  EXPECT_EQ(attempt.record, "");
  EXPECT_EQ(attempt.failure, failure("no"));
  EXPECT_EQ(attempt.claim_no, 3u);
  EXPECT_EQ(attempt.attempt, 2u);
  EXPECT_EQ(attempt.pid, 7);
  EXPECT_EQ(whole_failure(attempt), failure("no"));
}

TEST(AttemptRecord, what_does_not_fit_goes_there_and_back) {
  std::string const message(limits::kMaxHeadTextBytes + 1, 'm');
  for (Failure const& wanted : {failure(message), failure("no", "#0 run\n\t#1 \"main\" \\ \xc3\xa9"),
                                failure(message, "#0"), failure("", "#0")}) {
    Attempt const attempt = attempt_of(wanted, {});
    EXPECT_NE(attempt.record, "");
    EXPECT_LE(attempt.failure.message.size(), limits::kMaxHeadTextBytes);
    EXPECT_EQ(attempt.failure.backtrace, "") << "never in the head";
    EXPECT_EQ(whole_failure(attempt), wanted);
  }
}

TEST(AttemptRecord, exactly_what_fits_needs_no_record) {
  EXPECT_EQ(attempt_of(failure(std::string(limits::kMaxHeadTextBytes, 'm')), {}).record, "");
}

TEST(AttemptRecord, without_its_record_the_head_is_told) {
  Attempt attempt = attempt_of(failure(std::string(5000, 'm'), "#0"), {});
  Failure const head = attempt.failure;
  attempt.record.clear();
  EXPECT_EQ(whole_failure(attempt), head);
  EXPECT_THAT(head.message, StartsWith("mmmm"));
}

TEST(AttemptRecord, of_a_version_that_is_not_known_or_of_garbage_the_head_is_told) {
  Attempt attempt = attempt_of(failure(std::string(5000, 'm'), "#0"), {});
  Failure const head = attempt.failure;
  for (std::string const& bytes : {std::string(R"({"v":2,"message":"newer"})"), std::string(R"({"message":"none"})"),
                                   std::string(R"({"v":"1"})"), std::string("{"), std::string("[]"),
                                   std::string("\0\1\2", 3), std::string(R"({"v":1,"message":7,"backtrace":"#0"})")}) {
    attempt.record = bytes;
    EXPECT_EQ(whole_failure(attempt), head) << bytes;
    EXPECT_FALSE(unpack_attempt_record(bytes)) << bytes;
  }
}

TEST(AttemptRecord, members_that_are_not_known_are_passed_over) {
  auto const record = unpack_attempt_record(R"({"v":1,"message":"m","stack":[1,{"x":2}],"backtrace":"b"})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->message, "m");
  EXPECT_EQ(record->backtrace, "b");
  auto const bare = unpack_attempt_record(R"({"v":1})");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->message + bare->backtrace, "");
}

TEST(AttemptRecord, is_never_too_large_whatever_the_texts_are) {
  std::string all_bytes;
  while (all_bytes.size() < 300'000) all_bytes += static_cast<char>(all_bytes.size() * 7);
  for (std::string const& text : {std::string(300'000, '\n'), std::string(300'000, '"'), std::string(300'000, '\x01'),
                                  std::string(300'000, '\xff'), all_bytes, std::string(300'000, 'x')}) {
    Attempt const attempt = attempt_of(failure(text, text), {});
    EXPECT_LE(attempt.record.size(), limits::kMaxRecordBytes);
    EXPECT_LE(attempt.failure.message.size(), limits::kMaxHeadTextBytes);
    EXPECT_TRUE(unpack_attempt_record(attempt.record));
    Failure const whole = whole_failure(attempt);
    EXPECT_LE(whole.message.size(), limits::kMaxErrorTextBytes);
    EXPECT_THAT(whole.message, HasSubstr("300000")) << "it says how much there was";
  }
}

TEST(AttemptRecord, a_text_is_cut_at_a_character) {
  std::string text;
  while (text.size() < 3 * limits::kMaxErrorTextBytes) text += "\xe6\x97\xa5";
  for (std::size_t shift = 0; shift < 3; ++shift) {
    Attempt const attempt = attempt_of(failure(std::string(shift, 'a') + text, text), {});
    for (std::string const& cut :
         {attempt.failure.message, whole_failure(attempt).message, whole_failure(attempt).backtrace}) {
      EXPECT_EQ(cut.find("\xef\xbf\xbd"), std::string::npos) << "no half of one";
    }
  }
}

TEST(AttemptRecord, a_type_is_short_and_safe) {
  Failure long_type = failure("m");
  long_type.type = std::string(5000, 't');
  EXPECT_LE(attempt_of(long_type, {}).failure.type.size(), limits::kMaxNameBytes);
}

}  // namespace
}  // namespace kue::core
