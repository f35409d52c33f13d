// Sleepers are woken by a push of another process, by their own queue only, by an interrupt, and by the clock.

#include "kue/stores/sqlite/file/wake_file.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <kue/testing/fake_clock.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <linux/futex.h>
#include <sys/syscall.h>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

SteadyPoint in(Millis time) { return Clock::system().steady_now() + time; }

// Whether the kernel has put that thread of ours to sleep, on a word that processes share and not on a lock of this
// one: what a test waits for before it rings.
void until_asleep(std::atomic<int> const& thread_id) {
  auto const give_up_at = steady_clock::now() + 10s;
  while (steady_clock::now() < give_up_at) {
    std::string call;
    std::ifstream proc(fmt::format("/proc/self/task/{}/syscall", thread_id.load()));
    std::string word, operation;
    if (thread_id != 0 && proc >> call >> word >> operation && call == std::to_string(SYS_futex) &&
        operation == fmt::format("{:#x}", FUTEX_WAIT_BITSET))
      return;
    std::this_thread::yield();
  }
}

// A thread that finds nothing to claim, sleeps once, and says how long it slept.
class Sleeper {
 public:
  Sleeper(std::string const& path, std::vector<std::string> queues, Millis at_most)
      : store_(open(path)), thread_([this, queues, at_most] {
          auto const begin = steady_clock::now();
          thread_id_ = ::gettid();
          store_->wait({.queues = {queues}, .until = in(at_most)});
          slept_ = std::chrono::duration_cast<Millis>(steady_clock::now() - begin);
          awake_ = true;
        }) {}
  ~Sleeper() {
    if (thread_.joinable()) thread_.join();
  }
  void asleep() { until_asleep(thread_id_); }
  bool awake() const { return awake_; }
  Millis slept() {
    thread_.join();
    return slept_;
  }
  Store& store() { return *store_; }

 private:
  std::shared_ptr<Store> store_;
  std::atomic<int> thread_id_{0};
  std::atomic<bool> awake_{false};
  Millis slept_{0};
  std::thread thread_;
};

TEST(SqliteWake, a_push_of_another_process_wakes_at_once) {
  Folder const folder;
  auto const path = folder / "q.db";
  open(path);
  Sleeper sleeper(path, {"default"}, 900ms);
  sleeper.asleep();
  Child child([&] {
    auto const pushed = jobs(1);
    open(path)->push({.jobs = pushed});
    return true;
  });
  EXPECT_TRUE(child.good());
  EXPECT_LT(sleeper.slept(), 850ms);
  EXPECT_EQ(Hand(sleeper.store()).claim(1).size(), 1u) << "the job is visible to the one who was woken";
}

TEST(SqliteWake, a_push_to_another_queue_does_not_wake) {
  Folder const folder;
  auto const path = folder / "q.db";
  ASSERT_NE(WakeFile::mask_of(std::string_view("mail")), WakeFile::mask_of(std::string_view("video")));
  auto const store = open(path);
  Sleeper mail(path, {"mail"}, 950ms);
  Sleeper video(path, {"video"}, 950ms);
  mail.asleep();
  video.asleep();
  auto const pushed = jobs(1, "video");
  store->push({.jobs = pushed});
  EXPECT_LT(video.slept(), 900ms);
  EXPECT_FALSE(mail.awake());
  EXPECT_GE(mail.slept(), 900ms);
}

TEST(SqliteWake, one_job_wakes_one_sleeper) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  Sleeper one(path, {}, 950ms), two(path, {}, 950ms);
  one.asleep();
  two.asleep();
  auto const pushed = jobs(1);
  store->push({.jobs = pushed});
  Millis const first = one.slept(), second = two.slept();
  EXPECT_LT(std::min(first, second), 900ms);
  EXPECT_GE(std::max(first, second), 900ms);
}

TEST(SqliteWake, work_that_is_there_ends_the_wait_before_it_begins) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const pushed = jobs(1);
  store->push({.jobs = pushed});
  auto const begin = steady_clock::now();
  store->wait({.until = in(10s)});
  EXPECT_LT(steady_clock::now() - begin, 900ms);
}

TEST(SqliteWake, a_paused_queue_has_no_work_and_resume_wakes) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const pushed = jobs(1);
  store->push({.jobs = pushed});
  store->pause({.queue = "default"});
  Sleeper sleeper(path, {"default"}, 950ms);
  sleeper.asleep();
  store->resume({.queue = "default"});
  EXPECT_LT(sleeper.slept(), 900ms);
}

TEST(SqliteWake, a_scheduled_job_ends_the_wait_when_it_is_due) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto pushed = jobs(1);
  pushed[0].run_at = Clock::system().now() + 300ms;
  store->push({.jobs = pushed});
  Hand hand(*store);
  EXPECT_TRUE(hand.claim(1).empty());
  store->wait({.until = in(950ms)});
  auto const claimed = hand.claim(1);
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_GE(claimed[0].claimed_at, *pushed[0].run_at);
}

TEST(SqliteWake, an_interrupt_ends_the_present_wait_and_the_next) {
  Folder const folder;
  auto const path = folder / "q.db";
  Sleeper sleeper(path, {}, 950ms);
  sleeper.asleep();
  sleeper.store().interrupt();
  EXPECT_LT(sleeper.slept(), 900ms);
  auto const begin = steady_clock::now();
  sleeper.store().wait({.until = in(950ms)});
  EXPECT_LT(steady_clock::now() - begin, 900ms) << "the next one";
  sleeper.store().wait({.until = in(300ms)});
  EXPECT_GE(steady_clock::now() - begin, 250ms) << "and no more than that";
}

TEST(SqliteWake, without_a_wake_file_sleepers_look_once_a_second) {
  Folder const folder;
  auto const path = folder / "q.db";
  fs::create_directory(path + "-wake");
  Sleeper sleeper(path, {}, 5s);
  sleeper.asleep();
  auto const other = open(path);
  auto const pushed = jobs(1);
  other->push({.jobs = pushed});
  EXPECT_LE(sleeper.slept(), 2s);
  EXPECT_EQ(Hand(*other).drain(), 1);
}

// As a process does that is killed between its commit and the wake-up.
void push_and_wake_nobody(std::string const& path, std::string const& queue, Millis delay = Millis(0)) {
  auto const wakes_others = path + "-wake", aside = path + "-aside";
  fs::rename(wakes_others, aside);
  fs::create_directory(wakes_others);
  {
    auto const store = open(path);
    auto pushed = jobs(1, queue);
    if (delay > Millis(0)) pushed[0].run_at = Clock::system().now() + delay;
    store->push({.jobs = pushed});
  }
  fs::remove(wakes_others);
  fs::rename(aside, wakes_others);
}

TEST(SqliteWake, a_lost_wake_up_is_found_by_one_of_the_sleepers_for_all) {
  Folder const folder;
  auto const path = folder / "q.db";
  Sleeper lookout(path, {"mail"}, 3s);
  lookout.asleep();
  Sleeper sleeper(path, {"video"}, 3s);
  sleeper.asleep();
  push_and_wake_nobody(path, "video");
  EXPECT_LE(sleeper.slept(), 2s);
  EXPECT_FALSE(lookout.awake());
}

TEST(SqliteWake, a_lost_wake_up_is_found_by_whoever_tends_the_store) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const keeper = open(path);
  {
    Sleeper first(path, {"mail"}, 3s);  // so that there is somebody to tend for
    first.asleep();
    keeper->tend();
    first.store().interrupt();
  }
  Sleeper sleeper(path, {"default"}, 3500ms);  // while somebody tends it would itself look only after four seconds
  sleeper.asleep();
  push_and_wake_nobody(path, "default");
  EXPECT_TRUE(soon([&] { return keeper->tend(), sleeper.awake(); }));
  EXPECT_LT(sleeper.slept(), 2s);
}

TEST(SqliteWake, a_lost_wake_up_for_a_scheduled_job_is_found_when_it_is_due) {
  Folder const folder;
  auto const path = folder / "q.db";
  testing::FakeClock clock(Clock::system().now());
  auto const keeper = open(path, {.clock = &clock});
  Sleeper sleeper(path, {"default"}, 3s);
  sleeper.asleep();
  push_and_wake_nobody(path, "default", Millis(3'600'000));
  keeper->tend();
  EXPECT_FALSE(sleeper.awake()) << "not due yet";
  clock.advance(Millis(3'660'000));
  EXPECT_TRUE(soon([&] { return keeper->tend(), sleeper.awake(); }));
  EXPECT_LT(sleeper.slept(), 2s);
}

TEST(SqliteWake, a_look_that_finds_nothing_does_not_end_the_wait) {
  // Whoever is let go claims, which is a write: an idle worker would write every second for nothing.
  Folder const folder;
  auto const path = folder / "q.db";
  Sleeper sleeper(path, {}, 1600ms);
  EXPECT_GE(sleeper.slept(), 1500ms);
}

TEST(SqliteWake, nobody_sleeps_through_the_last_job) {
  // Pushes and sleeps race as hard as they can: a wake-up that is missed shows as a wait of a whole second.
  Folder const folder;
  auto const path = folder / "q.db";
  constexpr int kRounds = 300;
  Child consumer([&] {
    auto const store = open(path, {.durability = Durability::process});
    Hand hand(*store);
    int late = 0;
    for (int finished = 0; finished < kRounds;) {
      auto const begin = steady_clock::now();
      store->wait({.until = in(10s)});
      bool const slow = steady_clock::now() - begin > 950ms;
      int const now = hand.drain(1);
      if (slow && now > 0) ++late;
      finished += now;
    }
    if (late > 0) fmt::print(stderr, "{} wake-ups were missed\n", late);
    return late == 0;
  });
  auto const store = open(path, {.durability = Durability::process});
  for (int i = 0; i < kRounds; ++i) {
    auto const pushed = jobs(1);
    store->push({.jobs = pushed});
    // Never near a second, however busy the machine: a push that is late itself would look like a wake-up that was
    // missed.
    auto const go_on = steady_clock::now() + 5ms;
    for (int spin = 0; spin < i * 20 && steady_clock::now() < go_on; ++spin) std::this_thread::yield();
  }
  EXPECT_TRUE(consumer.good());
}

}  // namespace
}  // namespace kue::sqlite::test
