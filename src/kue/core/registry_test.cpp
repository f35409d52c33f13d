// What a run comes to: every way in which arguments, injection and run() can end.
#include <kue/error.hpp>
#include <kue/registry.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace registry_test {

using namespace std::chrono_literals;
using kue::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Lines : public kue::LogSink {
 public:
  void write(kue::LogLine const& line) override { lines.emplace_back(line.text); }
  std::vector<std::string> lines;
};

class FakeContext : public kue::Context {
 public:
  kue::JobId id() const override { return {}; }
  std::uint32_t attempt() const override { return 1; }
  std::uint32_t max_attempts() const override { return 25; }
  std::optional<kue::TimePoint> deadline() const override { return std::nullopt; }
  std::stop_token stop_token() const override { return {}; }
  kue::StopCause stop_cause() const override { return cause; }
  kue::Logger& log() override { return logger; }
  void progress(int percent, std::string_view) override { percents.push_back(percent); }

  std::shared_ptr<Lines> sink = std::make_shared<Lines>();
  kue::Logger logger{sink};
  kue::StopCause cause = kue::StopCause::none;
  std::vector<int> percents;
};

struct Mailer {
  std::vector<std::string> sent;
};
struct Printer {};

struct OneMailer : kue::Services {
  void* find(std::type_info const& type) override { return type == typeid(Mailer) ? &mailer : nullptr; }
  bool has(std::type_info const& type) override { return type == typeid(Mailer); }
  Mailer mailer;
};

class registry : public testing::Test {
 protected:
  template <class J> Outcome run(std::string_view args = "{}") {
    kue::Registry kinds;
    kinds.add<J>();
    return kinds.find(kue::kind_of<J>())->run(args, context, services);
  }
  FakeContext context;
  OneMailer services;
};

struct Send {
  std::string to;
  int copies = 1;
  void run(kue::Logger& log, kue::Context& ctx, Mailer& mailer, Mailer const& same) const {
    for (int i = 0; i < copies; ++i) mailer.sent.push_back(to);
    log.info("sent {}", same.sent.size());
    ctx.progress(100);
  }
};

TEST_F(registry, arguments_and_services_reach_run) {
  EXPECT_EQ(run<Send>(R"({"to":"a","copies":2})"), kue::completed());
  EXPECT_THAT(services.mailer.sent, ElementsAre("a", "a"));
  EXPECT_THAT(context.sink->lines, ElementsAre("sent 2"));
  EXPECT_THAT(context.percents, ElementsAre(100));
}

TEST_F(registry, arguments_that_cannot_be_read_are_corrupt) {
  Outcome const outcome = run<Send>(R"({"to":7,"copis":2})");
  EXPECT_EQ(outcome.kind, Outcome::Kind::corrupt);
  EXPECT_EQ(outcome.failure.type, "arguments");
  EXPECT_EQ(outcome.failure.message,
            "cannot read the arguments of registry_test::Send:\n  - to: expected a string, found an integer\n"
            "  - missing field 'copies'; if it is new in the class: static constexpr std::array added{\"copies\"}\n"
            "  - copis: unknown field; did you mean 'copies'?");
  EXPECT_TRUE(services.mailer.sent.empty());
}

class Greet {
  std::string name_;
  std::string greeting_ = "Hello";
  KUE_FIELDS(name_, greeting_)

 public:
  static constexpr std::array added{"greeting"};
  std::string run() const { return greeting_ + " " + name_; }
};

TEST_F(registry, a_job_pushed_before_its_class_had_a_field_runs_with_the_default) {
  EXPECT_EQ(run<Greet>(R"({"name":"Ada"})").result, R"("Hello Ada")");
  EXPECT_EQ(run<Greet>(R"({"name":"Ada","greeting":"Hoi"})").result, R"("Hoi Ada")");
  EXPECT_EQ(run<Greet>(R"({"name":"Ada","tone":"warm"})").kind, Outcome::Kind::corrupt);
}

// Fault 7 of the PHP original: what is in the queue was unserialized, whatever it was.
TEST_F(registry, fault_07_bytes_from_the_queue_are_only_data) {
  for (char const* args : {"O:8:\"Evil\":0:{}", "", "{", "null", "[]", R"({"to":"a","copies":1,"__class__":"Evil"})",
                           R"({"to":"a","copies":1e400})"}) {
    EXPECT_EQ(run<Send>(args).kind, Outcome::Kind::corrupt) << args;
  }
  kue::Registry kinds;
  kinds.add<Send>();
  EXPECT_EQ(kinds.find("Evil"), nullptr);
  EXPECT_TRUE(services.mailer.sent.empty());
}

struct Checked {
  int order = 0;
  void validate() const {
    if (order <= 0) throw std::invalid_argument("order must be positive");
  }
  void run() const { throw std::logic_error("not reached"); }
};

TEST_F(registry, arguments_that_validate_refuses_are_corrupt) {
  Outcome const outcome = run<Checked>(R"({"order":0})");
  EXPECT_EQ(outcome.kind, Outcome::Kind::corrupt);
  EXPECT_EQ(outcome.failure.type, "std::invalid_argument");
  EXPECT_EQ(outcome.failure.message,
            "validate() of registry_test::Checked refuses the arguments: order must be positive");
}

struct NeedsPrinter {
  void run(Mailer&, Printer const&) const {}
  void failed(kue::Failure const&, Printer&) {}
};

TEST_F(registry, a_missing_service_is_a_sentence) {
  Outcome const outcome = run<NeedsPrinter>();
  EXPECT_EQ(outcome.kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome.failure.message, "run() needs the service 'registry_test::Printer', which the application does not "
                                     "have; give it one before the worker starts");
  kue::Registry kinds;
  kinds.add<Send>();
  kinds.add<NeedsPrinter>();
  EXPECT_THAT(kinds.missing(services),
              ElementsAre("the job 'registry_test::NeedsPrinter' needs the service 'registry_test::Printer', "
                          "which the application does not have"));
}

// ---- results

struct Summary {
  int pages = 0;
  std::string title;
};
struct Summarise {
  Summary run() { return {3, "x"}; }
};
struct ReturnsReference {
  int n = 5;
  int const& run() const noexcept { return n; }
};
struct Huge {
  std::string run() const { return std::string(kue::limits::kMaxResultBytes, 'x'); }
};
struct NotText {
  std::vector<std::string> run() const { return {"ok", "\xFF"}; }
};

TEST_F(registry, what_run_returns_is_the_result) {
  EXPECT_EQ(run<Summarise>().result, R"({"pages":3,"title":"x"})");
  EXPECT_EQ(run<ReturnsReference>(R"({"n":6})").result, "6");
}

// The work is done: to call it anything but completed would make it run, or be mourned, for nothing.
TEST_F(registry, a_result_that_cannot_be_kept_is_replaced_by_a_note) {
  Outcome const huge = run<Huge>();
  EXPECT_EQ(huge.kind, Outcome::Kind::completed);
  EXPECT_EQ(huge.result, R"({"result_not_kept":"65538 bytes as JSON, at most 65536; store the data elsewhere and )"
                         R"(return a reference","bytes":65538,"limit":65536})");
  Outcome const bad = run<NotText>();
  EXPECT_EQ(bad.kind, Outcome::Kind::completed);
  EXPECT_THAT(bad.result, StartsWith(R"({"result_not_kept":"it has no JSON:)"));
  EXPECT_THAT(bad.result, HasSubstr("[1]: is not UTF-8"));
}

// ---- outcomes, returned or thrown

struct Asks {
  int what = 0;
  kue::Outcome run() const {
    switch (what) {
      case 0: return kue::snooze(5min);
      case 1: throw kue::retry_in(30s, "gateway busy");
      case 2: return kue::cancel("order deleted");
      case 3: throw kue::discard("never \x1b[31mwill\xFF");
      case 4: return kue::interrupted();
      case 5: return {.result = " { \"a\" : 1 } "};
      case 6: return {.result = "no json"};
      case 7: return {.kind = Outcome::Kind::node_lost};
      case 8: throw kue::snooze(-1ms);
      case 9: return {.kind = Outcome::Kind::snoozed};
      default: return kue::completed();
    }
  }
};

TEST_F(registry, outcomes_are_returned_or_thrown) {
  auto const ask = [&](int what) { return run<Asks>("{\"what\":" + std::to_string(what) + "}"); };
  EXPECT_EQ(ask(0), kue::snooze(5min));
  EXPECT_EQ(ask(1), kue::retry_in(30s, "gateway busy"));
  EXPECT_EQ(ask(2), kue::cancel("order deleted"));
  EXPECT_EQ(ask(3), kue::discard("never \\x1b[31mwill\xEF\xBF\xBD"));
  EXPECT_EQ(ask(4), kue::interrupted());
  EXPECT_EQ(ask(5).result, R"({"a":1})");
  EXPECT_EQ(ask(6).kind, Outcome::Kind::completed);
  EXPECT_THAT(ask(6).result, StartsWith(R"({"result_not_kept":"Outcome::result must be JSON:)"));
  EXPECT_EQ(ask(7).kind, Outcome::Kind::failed);
  EXPECT_THAT(ask(7).failure.message, HasSubstr("only a worker can know: node_lost"));
  EXPECT_THAT(ask(8).failure.message, HasSubstr("negative delay: -1 ms"));
  EXPECT_THAT(ask(9).failure.message, HasSubstr("snoozed without a delay"));
  EXPECT_EQ(ask(10), kue::completed());
}

// ---- exceptions: fault 21 of the PHP original caught only some

struct NotStd {};
struct Throws {
  int what = 0;
  void run() const {
    switch (what) {
      case 0:
        throw std::runtime_error("disk \xFF"
                                 "full\x01");
      case 1: throw kue::Error(kue::ErrorKind::unavailable, "no store");
      case 2: throw NotStd();
      case 3: throw 42;
      case 4: throw std::string("text");
      case 5: throw "literal";
      case 6: throw std::runtime_error(std::string(100'000, 'x'));
      case 7: throw std::bad_alloc();
      default: try { throw std::runtime_error("socket closed");
        } catch (...) {
          std::throw_with_nested(std::logic_error("cannot send"));
        }
    }
  }
};

TEST_F(registry, fault_21_whatever_is_thrown_becomes_a_failure) {
  auto const thrown = [&](int what) {
    Outcome const outcome = run<Throws>("{\"what\":" + std::to_string(what) + "}");
    EXPECT_EQ(outcome.kind, Outcome::Kind::failed) << what;
    EXPECT_TRUE(kue::valid_utf8(outcome.failure.message)) << what;
    return outcome.failure;
  };
  EXPECT_EQ(thrown(0), (kue::Failure{.type = "std::runtime_error",
                                     .message = "disk \xEF\xBF\xBD"
                                                "full\\x01"}));
  EXPECT_EQ(thrown(1).type, "kue::Error");
  EXPECT_EQ(thrown(2).type, "registry_test::NotStd");
  EXPECT_EQ(thrown(3).type, "int");
  EXPECT_EQ(thrown(4), (kue::Failure{.type = "std::string", .message = "text"}));
  EXPECT_EQ(thrown(5), (kue::Failure{.type = "char const*", .message = "literal"}));
  EXPECT_LE(thrown(6).message.size(), kue::limits::kMaxErrorTextBytes);
  EXPECT_THAT(thrown(6).message, HasSubstr("xxx ... (cut, 100000 bytes in all)"));
  EXPECT_EQ(thrown(7).type, "std::bad_alloc");
  EXPECT_THAT(thrown(8).message, HasSubstr("cannot send\nbecause of std::runtime_error: socket closed"));
}

TEST_F(registry, an_exception_after_the_time_out_is_a_time_out) {
  context.cause = kue::StopCause::timeout;
  EXPECT_EQ(run<Throws>(R"({"what":0})").kind, Outcome::Kind::timed_out);
  context.cause = kue::StopCause::shutdown;
  EXPECT_EQ(run<Throws>(R"({"what":0})").kind, Outcome::Kind::failed);
}

// ---- backoff, failed, check

struct Tries {
  int base = 0;
  std::chrono::duration<double> backoff(int attempt) const {
    if (base == 13) throw std::runtime_error("unlucky");
    return std::chrono::duration<double>(base * attempt);
  }
  void run() const {}
  void failed(Mailer& mailer, kue::Failure const& why) {
    if (base == 13) throw std::runtime_error("no mail");
    mailer.sent.push_back(why.message);
  }
};
struct StaticBackoff {
  static std::chrono::minutes backoff(std::uint32_t attempt) noexcept { return std::chrono::minutes(attempt); }
  void run() const {}
  void failed() const noexcept {}
};

TEST_F(registry, backoff_is_asked_with_the_attempt_that_failed) {
  kue::Registry kinds;
  kinds.add<Tries>();
  kinds.add<StaticBackoff>();
  kinds.add<Send>();
  auto const& tries = *kinds.find(kue::kind_of<Tries>());
  EXPECT_EQ(tries.backoff(R"({"base":2})", 3), 6s);
  EXPECT_EQ(tries.backoff(R"({"base":-2})", 3), std::nullopt);
  EXPECT_EQ(tries.backoff(R"({"base":13})", 3), std::nullopt);
  EXPECT_EQ(tries.backoff("{}", 3), std::nullopt);
  EXPECT_EQ(kinds.find(kue::kind_of<StaticBackoff>())->backoff("{}", 4), 4min);
  EXPECT_EQ(kinds.find(kue::kind_of<Send>())->backoff("{}", 1), std::nullopt);
}

TEST_F(registry, failed_is_called_with_the_failure_and_may_throw) {
  kue::Registry kinds;
  kinds.add<Tries>();
  auto const& type = *kinds.find(kue::kind_of<Tries>());
  type.failed(R"({"base":1})", {.message = "gone"}, context, services);
  EXPECT_THAT(services.mailer.sent, ElementsAre("gone"));
  type.failed(R"({"base":13})", {.message = "gone"}, context, services);
  EXPECT_THAT(context.sink->lines, ElementsAre("failed() threw std::runtime_error: no mail; the job stays discarded"));
}

TEST_F(registry, check_tells_all_problems) {
  kue::Registry kinds;
  kinds.add<Send>();
  kinds.add<Checked>();
  EXPECT_NO_THROW(kinds.find(kue::kind_of<Send>())->check(R"({"to":"a","copies":1})"));
  EXPECT_THROW(kinds.find(kue::kind_of<Send>())->check("{}"), kue::Error);
  EXPECT_THROW(kinds.find(kue::kind_of<Checked>())->check(R"({"order":0})"), kue::Error);
  EXPECT_THAT(kinds.find(kue::kind_of<Send>())->fields, ElementsAre("to", "copies"));
}

// ---- the registry itself

TEST_F(registry, a_kind_twice_is_a_conflict) {
  kue::Registry kinds;
  kinds.add<Send>();
  try {
    kinds.add<Send>();
    FAIL();
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::conflict);
    EXPECT_STREQ(error.what(), "the job class 'registry_test::Send' is registered twice");
  }
}

TEST_F(registry, knows_and_suggests_kinds) {
  kue::Registry kinds;
  kinds.add<Send>();
  kinds.add<Checked>();
  EXPECT_THAT(kinds.kinds(), ElementsAre("registry_test::Checked", "registry_test::Send"));
  EXPECT_EQ(kinds.suggest("registry_test::Sned"), "registry_test::Send");
  EXPECT_EQ(kinds.suggest("Send"), "registry_test::Send");
  EXPECT_EQ(kinds.suggest("SomethingElse"), std::nullopt);
}

}  // namespace registry_test
