#include <kue/error.hpp>
#include <kue/open_queue.hpp>
#include <kue/testing/real_worker.hpp>
#include <kue/testing/shared_count.hpp>
#include <kue/testing/temp_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace real_worker_test {

using namespace std::chrono_literals;
using kue::Reason;
using kue::State;
using kue::testing::Crash;
using kue::testing::SharedCount;
using kue::testing::WorkerReport;
using testing::ElementsAre;
using testing::HasSubstr;

struct Gateway {  // forgets nothing, over all processes
  SharedCount& charges;
  void charge() {
    ++charges;
    kue::testing::crash_mark("charged");
  }
};

struct ChargeCard {
  static constexpr std::string_view kind = "ChargeCard";
  int order = 0;
  void run(Gateway& gateway, kue::Logger& log) const {
    log.info("charging {}", order);
    gateway.charge();
  }
};
struct Refuse {
  static constexpr std::string_view kind = "Refuse";
  void run() const { throw std::runtime_error("card refused"); }
};
struct CloseMonth {
  static constexpr std::string_view kind = "CloseMonth";
  void run(kue::Queue& queue) const { queue.push(ChargeCard(1)); }
};
struct Hang {
  static constexpr std::string_view kind = "Hang";
  void run() const {
    for (int i = 0; i < 4000; ++i) std::this_thread::sleep_for(10ms);
  }
};

class RealWorkerTest : public testing::Test {
 protected:
  struct Shop : kue::Services {
    Gateway gateway;
    kue::Queue& queue;
    Shop(SharedCount& count, kue::Queue& of_worker) : gateway{count}, queue(of_worker) {}
    void* find(std::type_info const& type) override {
      return type == typeid(Gateway) ? static_cast<void*>(&gateway) : type == typeid(kue::Queue) ? &queue : nullptr;
    }
    bool has(std::type_info const& type) override { return type == typeid(Gateway) || type == typeid(kue::Queue); }
  };

  RealWorkerTest() {
    registry.add<ChargeCard>();
    registry.add<Refuse>();
    registry.add<CloseMonth>();
    registry.add<Hang>();
  }
  WorkerReport run(std::vector<kue::Envelope> const& jobs, std::vector<Crash> crashes = {},
                   kue::Millis patience = 60s) {
    return kue::testing::run_worker(
        registry, jobs,
        {.services = [&](kue::Queue& queue) { return std::make_shared<Shop>(charges, queue); },
         .crashes = std::move(crashes),
         .patience = patience});
  }

  kue::Registry registry;
  SharedCount charges;
};

TEST_F(RealWorkerTest, runs_jobs_in_real_processes_until_nothing_is_left) {
  WorkerReport const report = run({kue::make_envelope(CloseMonth()), kue::make_envelope(Refuse()),
                                   kue::make_envelope(ChargeCard(2), {.delay = 1h})});
  EXPECT_EQ(report.exit_code, 0) << report.text();
  EXPECT_FALSE(report.timed_out);
  EXPECT_EQ(charges.value(), 1);
  EXPECT_EQ(report.job<CloseMonth>().record.state, State::completed) << report.text();
  EXPECT_EQ(report.job<Refuse>().record.state, State::retryable) << "its retry is not waited for";
  EXPECT_THAT(report.job<Refuse>().ends, ElementsAre(Reason::error));
  ASSERT_EQ(report.of("ChargeCard").size(), 2U) << "also what a job pushed";
  EXPECT_EQ(report.of("ChargeCard")[0].record.state, State::scheduled);
  EXPECT_THAT(report.log, HasSubstr("child["));
  EXPECT_THAT(report.log, HasSubstr("charging 1"));
  EXPECT_THROW(report.job<ChargeCard>(), kue::Error) << "two of them: which one?";
}

TEST_F(RealWorkerTest, a_death_after_the_effect_and_before_it_is_written_down_repeats_the_effect) {
  WorkerReport const report =
      run({kue::make_envelope(ChargeCard(7))}, {{.kind = "ChargeCard", .at = Crash::after_run}});
  EXPECT_EQ(report.exit_code, 0) << report.text();
  EXPECT_THAT(report.job<ChargeCard>().ends, ElementsAre(Reason::crashed, Reason::completed)) << report.text();
  EXPECT_EQ(charges.value(), 2) << "at least once: this is what an idempotency key is for";
}

TEST_F(RealWorkerTest, a_death_before_run_repeats_nothing) {
  WorkerReport const report =
      run({kue::make_envelope(ChargeCard(7))}, {{.at = Crash::before_run, .signal = SIGSEGV, .times = 2}});
  EXPECT_THAT(report.job<ChargeCard>().ends, ElementsAre(Reason::crashed, Reason::crashed, Reason::completed))
      << report.text();
  ASSERT_EQ(report.job<ChargeCard>().record.errors.size(), 2U);
  EXPECT_EQ(report.job<ChargeCard>().record.errors[0].failure.signal, SIGSEGV);
  EXPECT_EQ(charges.value(), 1);
}

TEST_F(RealWorkerTest, a_death_at_a_mark_of_the_tests_own_service) {
  WorkerReport const report = run({kue::make_envelope(ChargeCard(7))},
                                  {{.kind = "ChargeCard", .at = Crash::at_mark, .mark = "charged", .exit_code = 3}});
  EXPECT_THAT(report.job<ChargeCard>().ends, ElementsAre(Reason::crashed, Reason::completed)) << report.text();
  EXPECT_EQ(report.job<ChargeCard>().record.errors.at(0).failure.type, "exit");
  EXPECT_EQ(charges.value(), 2);
}

TEST_F(RealWorkerTest, the_third_death_puts_the_job_aside) {
  WorkerReport const report = run({kue::make_envelope(ChargeCard(7))}, {{.times = 3}});
  EXPECT_EQ(report.exit_code, 0) << report.text();
  EXPECT_EQ(report.job<ChargeCard>().record.state, State::discarded) << report.text();
  EXPECT_EQ(report.job<ChargeCard>().ends.back(), Reason::poison);
}

TEST_F(RealWorkerTest, a_worker_that_takes_too_long_is_ended_and_nothing_of_it_stays) {
  WorkerReport const report = run({kue::make_envelope(Hang())}, {}, 1s);
  EXPECT_TRUE(report.timed_out);
  EXPECT_THAT(report.text(), HasSubstr("after it took too long"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
}

TEST_F(RealWorkerTest, a_service_that_is_missing_is_said) {
  WorkerReport const report = kue::testing::run_worker(registry, {kue::make_envelope(ChargeCard(7))});
  EXPECT_EQ(report.exit_code, 2);
  EXPECT_THAT(report.log, HasSubstr("Gateway"));
}

TEST_F(RealWorkerTest, a_mark_outside_of_it_does_nothing_and_an_open_sqlite_file_is_refused) {
  kue::testing::crash_mark("charged");
  kue::testing::TempStore const temp;
  auto const queue = kue::open_store_queue(temp.url());
  try {
    run({});
    FAIL() << "it forked";
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::refused);
    EXPECT_THAT(error.what(), HasSubstr(temp.path("jobs.db")));
  }
}

TEST(TempStoreTest, its_folder_goes_with_it_but_not_with_a_forked_process) {
  std::string path;
  {
    kue::testing::TempStore const temp;
    path = temp.path();
    pid_t const child = ::fork();
    if (child == 0) {
      const_cast<kue::testing::TempStore&>(temp).~TempStore();
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace real_worker_test
