// The kill test of transactions: in the end there is one committed effect for each completed job,
// and none otherwise; one job for each committed order, and none for another.

#include <kue/array_queue.hpp>
#include <kue/error.hpp>
#include <kue/json.hpp>
#include <kue/open_queue.hpp>
#include <kue/sqlite.hpp>
#include <kue/testing/test_queue.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using kue::Reason;
using kue::State;
using std::chrono::steady_clock;
namespace fs = std::filesystem;

struct Receipt {
  int order = 0;
};

struct Shop {
  sqlite3* database = nullptr;
};

struct Services final : kue::Services {
  void* find(std::type_info const& type) override { return has(type) ? &shop : nullptr; }
  bool has(std::type_info const& type) override { return type == typeid(Shop); }
  Shop shop;
};

struct Forgetful {  // commits in its second run only
  static constexpr std::string_view kind = "Forgetful";
  void run(kue::Context& ctx, Shop& shop) const {
    kue::SqliteTransaction tx(shop.database);
    ctx.finish(tx, std::string("sent"));
    if (ctx.attempt() > 1) tx.commit();
  }
};

TEST(TransactionsInTestQueue, take_part_with_any_database) {
  Services services;
  ASSERT_EQ(sqlite3_open(":memory:", &services.shop.database), SQLITE_OK);
  kue::Registry registry;
  registry.add<Forgetful>();
  kue::testing::TestQueue queue(registry, services);
  {
    kue::SqliteTransaction tx(services.shop.database);
    queue.push(tx, Forgetful());
  }
  queue.assert_nothing_pushed();
  kue::SqliteTransaction tx(services.shop.database);
  queue.push(tx, Forgetful());
  queue.assert_nothing_pushed();
  tx.commit();
  queue.assert_pushed<Forgetful>();
  auto const runs = queue.drain_for(std::chrono::hours(1));
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].state, State::retryable);
  EXPECT_EQ(runs[0].outcome.failure.message.substr(0, 20), "finish not committed");
  EXPECT_EQ(runs[1].state, State::completed);
  EXPECT_EQ(runs[1].outcome.result, "\"sent\"");
  sqlite3_close(services.shop.database);
}

TEST(TransactionsInOtherQueues, are_refused_in_a_sentence) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  {
    kue::SqliteTransaction tx(database);
    kue::ArrayQueue array;
    auto const memory = kue::open_store_queue("memory:");
    for (kue::Queue* const queue : {static_cast<kue::Queue*>(&array), static_cast<kue::Queue*>(memory.get())}) {
      try {
        queue->push(tx, Forgetful());
        ADD_FAILURE() << "it was pushed";
      } catch (kue::Error const& error) {
        EXPECT_EQ(error.kind(), kue::ErrorKind::refused) << error.what();
      }
    }
  }
  sqlite3_close(database);
}

class Transactions : public ::testing::Test {
 protected:
  Transactions() {
    std::string pattern = fs::temp_directory_path() / "transactions-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    file_ = folder_ + "/shop.db";
    queue_ = kue::open_store_queue("sqlite:" + file_);
    run("CREATE TABLE orders (id INTEGER PRIMARY KEY); CREATE TABLE thoughts (id INTEGER); CREATE TABLE sent_emails "
        "(order_id INTEGER, claim_no INTEGER)");
  }
  ~Transactions() override {
    for (pid_t const process : running_) {
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
    }
    queue_.reset();
    if (!HasFailure()) fs::remove_all(folder_);
  }

  pid_t start(std::vector<std::string> arguments) {
    std::vector<char*> words;
    arguments.insert(arguments.begin(), TRANSACTIONS_PROGRAM);
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    pid_t const process = ::fork();
    if (process == 0) {
      std::string const log = folder_ + "/log";
      if (std::freopen(log.c_str(), "a", stderr) == nullptr) ::_exit(126);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    running_.insert(process);
    return process;
  }
  pid_t place(int first, int count) {
    return start({"place", "sqlite:" + file_, file_, std::to_string(first), std::to_string(count)});
  }
  pid_t work(int children) { return start({"work", "sqlite:" + file_, file_, "-c", std::to_string(children)}); }
  int wait(pid_t process) {
    int status = -1;
    auto const give_up_at = steady_clock::now() + 30s;
    while (::waitpid(process, &status, WNOHANG) == 0) {
      if (steady_clock::now() >= give_up_at) return -1;
      std::this_thread::sleep_for(2ms);
    }
    running_.erase(process);
    return status;
  }
  void stop(pid_t worker) {
    ::kill(worker, SIGTERM);
    EXPECT_EQ(wait(worker), 0);
  }

  static std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    std::ifstream list("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
    for (pid_t child = 0; list >> child;) {
      std::string name;
      std::ifstream("/proc/" + std::to_string(child) + "/comm") >> name;
      if (name == "spark-child") children.push_back(child);
    }
    return children;
  }

  void run(std::string const& sql) { rows(sql); }
  std::vector<int> rows(std::string const& sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10'000);
    std::vector<int> numbers;
    auto const add = [](void* all, int, char** values, char**) {
      return static_cast<std::vector<int>*>(all)->push_back(std::atoi(values[0])), 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &numbers, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
    return numbers;
  }

  std::map<int, kue::JobRecord> jobs() {  // by order; one each
    std::map<int, kue::JobRecord> all;
    kue::QueryRequest page{.limit = 1000};
    do {
      kue::QueryResult const result = queue_->store().query(page);
      for (kue::JobRecord const& record : result.jobs) {
        int const order = kue::from_json<Receipt>(record.job.args).order;
        EXPECT_TRUE(all.emplace(order, record).second) << "two jobs of order " << order;
      }
      page.cursor = result.cursor;
    } while (!page.cursor.empty());
    return all;
  }
  bool all_final() {
    for (kue::QueueCounts const& counts : queue_->store().counts()) {
      for (State const state : {State::scheduled, State::available, State::running, State::retryable}) {
        if (counts.of(state) != 0) return false;
      }
    }
    return true;
  }
  bool eventually(std::function<bool()> const& what, std::chrono::seconds most) {
    auto const give_up_at = steady_clock::now() + most;
    while (!what() && steady_clock::now() < give_up_at) std::this_thread::sleep_for(10ms);
    return what();
  }
  std::string log() {
    std::ostringstream text;
    text << std::ifstream(folder_ + "/log").rdbuf();
    return text.str();
  }

  void expect_one_effect_for_each_completed_job() {
    auto const orders = rows("SELECT id FROM orders");
    auto const jobs_of = jobs();
    EXPECT_EQ(orders.size(), jobs_of.size());
    for (int const order : orders) {
      EXPECT_TRUE(jobs_of.contains(order)) << "order " << order << " has no job";
      EXPECT_NE(order % 7, 0) << "was rolled back";
    }
    std::map<int, int> emails;
    for (int const order : rows("SELECT order_id FROM sent_emails")) ++emails[order];
    for (auto const& [order, job] : jobs_of) {
      if (order % 20 == 11) continue;  // takes no transaction with its finish, so nothing is promised
      EXPECT_EQ(emails[order], job.state == State::completed ? 1 : 0)
          << "order " << order << " is " << to_string(job.state);
      EXPECT_NE(job.state, State::running);
    }
    auto const report = queue_->store().check();
    EXPECT_TRUE(report.problems.empty());
  }

  std::string folder_, file_;
  std::unique_ptr<kue::StoreQueue> queue_;
  std::set<pid_t> running_;
};

TEST_F(Transactions, each_way_that_a_run_can_end_leaves_one_effect_or_none) {
  ASSERT_EQ(wait(place(1, 120)), 0);
  pid_t const worker = work(2);
  EXPECT_TRUE(eventually([&] { return all_final(); }, 30s));
  stop(worker);
  expect_one_effect_for_each_completed_job();
  for (auto const& [order, job] : jobs()) {
    int const what = order % 20;
    EXPECT_EQ(job.state, what == 10 ? State::discarded : State::completed) << order;
    bool const died = what <= 2;  // 3: it had ended before
    EXPECT_EQ(job.tally.crashes, died ? 1u : 0u) << order;
    EXPECT_EQ(job.tally.attempt, what == 10 ? 3u : what == 5 || what == 7 || what == 9 ? 2u : 1u) << order;
    bool const says_result = what != 11 && what != 10;
    EXPECT_EQ(job.result, says_result ? std::to_string(order) : "") << order;
  }
  auto const not_committed = queue_->store().get(jobs().at(5).job.id).value().errors;
  ASSERT_EQ(not_committed.size(), 1u);
  EXPECT_EQ(not_committed.at(0).failure.message.substr(0, 20), "finish not committed");
  EXPECT_NE(log().find("ended as failed after its finish was committed, and stays completed: after the commit"),
            std::string::npos);
  EXPECT_NE(log().find("had committed its end"), std::string::npos);
  EXPECT_NE(log().find("left a transaction of its own open"), std::string::npos);
}

TEST_F(Transactions, a_sequential_worker_does_the_same) {
  ASSERT_EQ(wait(place(4, 5)), 0);  // 4 to 8; 7 was rolled back
  pid_t const worker = start({"work", "sqlite:" + file_, file_, "--sequential"});
  EXPECT_TRUE(eventually([&] { return all_final(); }, 20s));
  stop(worker);
  expect_one_effect_for_each_completed_job();
  for (auto const& [order, job] : jobs()) EXPECT_EQ(job.state, State::completed) << order;
}

TEST_F(Transactions, kills_at_random_leave_one_effect_for_each_completed_job) {
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < ROUNDS; ++round) {  // on one store: what a round leaves is there in the next
    auto const seed = random();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 dice(seed);
    int const base = 1 + round * 2000;
    pid_t workers[] = {work(2), work(2)};
    pid_t producer = place(base, 300);
    int next = base + 300;
    std::set<pid_t> seen;
    auto const until = steady_clock::now() + 3s;
    while (steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(dice() % 25));
      switch (dice() % 12) {
        case 0:  // the producer; another goes on elsewhere
          ::kill(producer, SIGKILL);
          wait(producer);
          producer = place(next, 300);
          next += 300;
          break;
        case 1: {  // a whole worker
          pid_t& worker = workers[dice() % 2];
          ::kill(worker, SIGKILL);
          wait(worker);
          worker = work(2);
          break;
        }
        default:  // a child; one that was seen before, because a worker gives up when ten in a row do not even start
          if (auto const children = children_of(workers[dice() % 2]); !children.empty()) {
            pid_t const child = children[dice() % children.size()];
            if (seen.insert(child).second) break;
            ::kill(child, SIGKILL);
          }
      }
      if (next >= base + 1700) break;
    }
    ::kill(producer, SIGKILL);
    wait(producer);
    EXPECT_TRUE(eventually([&] { return all_final(); }, 60s));
    for (pid_t const worker : workers) stop(worker);
    std::map<State, int> ends;
    int crashes = 0;
    for (auto const& [order, job] : jobs())
      ++ends[job.state], crashes += order % 20 > 2 ? static_cast<int>(job.tally.crashes) : 0;
    std::printf("%d completed, %d discarded, %d crashes that were not planned\n", ends[State::completed],
                ends[State::discarded], crashes);
    expect_one_effect_for_each_completed_job();
    if (HasFailure()) break;
  }
}

}  // namespace
