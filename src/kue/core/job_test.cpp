// From a job and its options to an envelope.
#include <kue/error.hpp>
#include <kue/job.hpp>
#include <kue/logger.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

struct HelloWorldJob {
  std::string name;
  void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
};

namespace shop {

using namespace std::chrono_literals;

struct SendInvoice {
  int order = 0;
  static constexpr kue::JobOptions options{
      .queue = "billing", .max_attempts = 8, .timeout = 2min, .priority = -1, .schema = 4};
  void validate() const {
    if (order <= 0) throw std::invalid_argument("order must be positive");
  }
  void run() const {}
};

struct Named {
  static constexpr std::string_view kind = "named.v2";
  void run() noexcept {}
};

template <class T> struct Boxed {
  T value{};
  static constexpr char const* kind = "boxed";
  void run() const {}
};

class Hidden {
 public:
  Hidden() = default;
  explicit Hidden(int n) : n_(n) {}
  int run() const { return n_; }

 private:
  int n_ = 0;
  KUE_FIELDS(n_)
};

struct Outer {
  struct Inner {
    void run() const {}
  };
};

}  // namespace shop

namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

static_assert(kue::kind_of<HelloWorldJob>() == "HelloWorldJob");
static_assert(kue::kind_of<shop::SendInvoice>() == "shop::SendInvoice");
static_assert(kue::kind_of<shop::Outer::Inner>() == "shop::Outer::Inner");
static_assert(kue::kind_of<shop::Named>() == "named.v2");
static_assert(kue::kind_of<shop::Boxed<int>>() == "boxed");
static_assert(kue::options_of<shop::SendInvoice>().max_attempts == 8);
static_assert(kue::options_of<HelloWorldJob>().queue == "default");

template <class J> std::string refused(J const& job, kue::PushOptions const& options = {}) {
  try {
    kue::make_envelope(job, options);
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::invalid);
    return error.what();
  }
  return "it was accepted";
}

TEST(job, becomes_an_envelope) {
  kue::Envelope const e = kue::make_envelope(HelloWorldJob("John Doe"));
  EXPECT_FALSE(e.id.nil());
  EXPECT_EQ(e.kind, "HelloWorldJob");
  EXPECT_EQ(e.queue, "default");
  EXPECT_EQ(e.args, R"({"name":"John Doe"})");
  EXPECT_EQ(e.max_attempts, kue::limits::kDefaultMaxAttempts);
  EXPECT_FALSE(e.run_at.has_value());
  EXPECT_NE(kue::make_envelope(HelloWorldJob("John Doe")).id, e.id);
}

TEST(job, class_options_hold_until_the_push_says_otherwise) {
  kue::Envelope const of_class = kue::make_envelope(shop::SendInvoice(7));
  EXPECT_EQ(of_class.queue, "billing");
  EXPECT_EQ(of_class.max_attempts, 8U);
  EXPECT_EQ(of_class.timeout, 2min);
  EXPECT_EQ(of_class.priority, -1);
  EXPECT_EQ(of_class.schema, 4U);

  kue::Envelope const of_push = kue::make_envelope(
      shop::SendInvoice(7), {.queue = "slow", .priority = 3, .max_attempts = 1, .timeout = 5s, .tags = {"eu"}});
  EXPECT_EQ(of_push.queue, "slow");
  EXPECT_EQ(of_push.max_attempts, 1U);
  EXPECT_EQ(of_push.timeout, 5s);
  EXPECT_EQ(of_push.priority, 3);
  EXPECT_EQ(of_push.tags, std::vector<std::string>{"eu"});
  EXPECT_EQ(of_push.schema, 4U);
}

TEST(job, delay_counts_from_now) {
  kue::TimePoint const before = kue::Clock::system().now();
  kue::Envelope const later = kue::make_envelope(HelloWorldJob("x"), {.delay = 5min});
  kue::TimePoint const after = kue::Clock::system().now();
  ASSERT_TRUE(later.run_at.has_value());
  EXPECT_GE(*later.run_at, before + 5min);
  EXPECT_LE(*later.run_at, after + 5min);
  EXPECT_FALSE(kue::make_envelope(HelloWorldJob("x"), {.delay = 0ms}).run_at.has_value());
  kue::TimePoint const when(kue::Millis(1764000000123));
  EXPECT_EQ(kue::make_envelope(HelloWorldJob("x"), {.run_at = when}).run_at, when);
}

TEST(job, options_out_of_their_limits_are_told_together) {
  std::string const why = refused(HelloWorldJob("\xFF"), {.queue = "a b",
                                                          .delay = -1ms,
                                                          .run_at = kue::TimePoint(),
                                                          .priority = 1001,
                                                          .max_attempts = 1001,
                                                          .timeout = -1ms,
                                                          .tags = {""}});
  for (char const* part : {"cannot push a HelloWorldJob:", "name: is not UTF-8", "give delay or run_at, not both",
                           "delay: must not be negative", "queue: 'a b' is no name", "priority: 1001",
                           "max_attempts: 1001", "timeout: must not be negative", "tags: ''"}) {
    EXPECT_THAT(why, HasSubstr(part));
  }
  EXPECT_THAT(refused(HelloWorldJob("x"), {.delay = kue::Millis::max()}),
              HasSubstr("delay: reaches beyond the year 9999"));
  EXPECT_THAT(refused(HelloWorldJob("x"), {.run_at = kue::TimePoint::max()}), HasSubstr("run_at: must be between"));
  EXPECT_THAT(refused(HelloWorldJob("x"), {.timeout = std::chrono::hours(24 * 366)}),
              HasSubstr("timeout: longer than 365 days"));
}

TEST(job, arguments_above_a_mebibyte_are_refused) {
  EXPECT_THAT(refused(HelloWorldJob(std::string(1024 * 1024, 'x'))),
              HasSubstr("store the data elsewhere and pass a reference"));
}

TEST(job, validate_is_asked_at_push) {
  EXPECT_EQ(refused(shop::SendInvoice(-1)),
            "validate() of shop::SendInvoice refuses the arguments: order must be positive");
}

TEST(job, classes_and_templates_with_a_kind) {
  EXPECT_EQ(kue::make_envelope(shop::Hidden(3)).args, R"({"n":3})");
  EXPECT_EQ(kue::make_envelope(shop::Boxed<int>(3)).kind, "boxed");
  EXPECT_EQ(kue::make_envelope(shop::Named()).args, "{}");
}

}  // namespace
