#pragma once
// What the tests of these rooms share: a folder of their own, a store as a program opens it, a job, a worker by hand,
// another process.

#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kue::sqlite::test {

namespace fs = std::filesystem;

class Folder {
 public:
  explicit Folder(fs::path const& parent = fs::temp_directory_path()) {
    std::string pattern = parent / "kue-sqlite-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder like " + pattern);
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;

  std::string operator/(std::string const& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  fs::path path_;
};

// As open_store does it: guarded, and of the newest schema unless told otherwise.
inline std::shared_ptr<Store> open(std::string const& path, StoreOptions const& options = {},
                                   FileOptions const& file = {}) {
  std::shared_ptr<Store> store = guarded(sqlite::open(path, options, file), options);
  if (options.migrate) store->migrate();
  return store;
}

inline Envelope job(std::string queue = "default", std::string kind = "Noop") {
  Envelope envelope;
  envelope.id = JobId::make();
  envelope.kind = std::move(kind);
  envelope.queue = std::move(queue);
  envelope.args = R"({"name":"John Doe"})";
  return envelope;
}

inline std::vector<Envelope> jobs(int count, std::string const& queue = "default") {
  std::vector<Envelope> made;
  for (int i = 0; i < count; ++i) made.push_back(job(queue));
  return made;
}

inline Finish done(Claimed const& claimed) {
  Finish finish{.claim = claimed.claim};
  finish.transition.tally = claimed.tally;
  finish.transition.tally.attempt += 1;
  finish.started_at = claimed.claimed_at;
  return finish;
}

// A child process of a worker, by hand.
struct Hand {
  explicit Hand(Store& its_store) : store(its_store) { store.beat({.node = node, .name = "test", .pid = ::getpid()}); }

  std::vector<Claimed> claim(int max, std::vector<std::string> queues = {}) {
    return store.claim({.node = node, .holder = holder, .queues = {queues}, .max = max}).jobs;
  }
  void finish(std::vector<Claimed> const& claimed) {
    std::vector<Finish> items;
    for (Claimed const& each : claimed) items.push_back(done(each));
    store.finish({.items = items});
  }
  // Claims and finishes until nothing is left; how many.
  int drain(int max = 100) {
    int finished = 0;
    for (auto claimed = claim(max); !claimed.empty(); claimed = claim(max)) {
      finish(claimed);
      finished += static_cast<int>(claimed.size());
    }
    return finished;
  }

  Store& store;
  std::uint64_t node = random_bits();
  std::uint64_t holder = random_bits();
};

template <class Call> std::optional<Error> error_of(Call&& call) {
  try {
    call();
  } catch (Error const& error) {
    return error;
  }
  return std::nullopt;
}

// Waits for an event, at most ten seconds.
inline bool soon(std::function<bool()> const& holds) {
  auto const give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds() && std::chrono::steady_clock::now() < give_up_at)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return holds();
}

// Whether a thread of this process sleeps, as the kernel says.
inline bool sleeps(int thread_id) {
  std::string line;
  std::ifstream proc(fmt::format("/proc/self/task/{}/stat", thread_id));
  std::getline(proc, line);
  return line.find(") S ") != std::string::npos;
}

// Runs in a child process; it must return true. What it throws is shown.
class Child {
 public:
  explicit Child(std::function<bool()> const& body) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::alarm(50);  // never longer than the test itself
    bool good = false;
    try {
      good = body();
    } catch (std::exception const& error) {
      fmt::print(stderr, "child: {}\n", error.what());
    }
    ::_exit(good ? 0 : 1);
  }
  ~Child() { (void)good(); }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

  bool good() {
    if (pid_ < 0) return good_;
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return good_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  int pid() const { return pid_; }

 private:
  int pid_;
  bool good_ = false;
};

// A stranger's hand on the file: plain SQLite, none of our code.
class Stranger {
 public:
  explicit Stranger(std::string const& path) { sqlite3_open(path.c_str(), &handle_); }
  ~Stranger() { sqlite3_close(handle_); }
  Stranger(Stranger const&) = delete;
  Stranger& operator=(Stranger const&) = delete;

  void run(std::string const& sql) {
    char* message = nullptr;
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
    std::string const text = message ? message : "unknown";
    sqlite3_free(message);
    throw std::runtime_error(sql + ": " + text);
  }

  std::string word(std::string const& sql) {  // the first column of the first row
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
    std::string result;
    if (sqlite3_step(statement) == SQLITE_ROW)
      result = reinterpret_cast<char const*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return result;
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace kue::sqlite::test
