#pragma once
// Zoo: a folder, a store, and worker_zoo programs that run on it. For tests of real processes.

#include <kue/open_queue.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace zoo {

using namespace std::chrono_literals;

struct Line {
  std::vector<std::string> words;
  std::string const& operator[](std::size_t i) const { return words.at(i); }
  std::string text() const;
};

class Zoo : public ::testing::Test {
 protected:
  Zoo();
  ~Zoo() override;  // ends what still runs, by its pid

  // ---- jobs
  kue::JobId push(std::string const& kind, std::string const& args = "{}",
                  std::function<void(kue::Envelope&)> change = {});
  kue::JobRecord record(kue::JobId id);
  kue::State state(kue::JobId id) { return record(id).state; }
  std::vector<kue::Event> events_of(kue::JobId id);
  kue::Store& store() { return queue_->store(); }

  // ---- workers
  pid_t start(std::vector<std::string> arguments = {});               // on the store
  pid_t start_plain(std::vector<std::string> arguments);              // without --store
  int wait_exit(pid_t worker, std::chrono::milliseconds most = 20s);  // wait status; -1: it still runs
  std::vector<pid_t> children(pid_t worker) const;                    // that are ready or not, without the keeper
  std::vector<pid_t> ready_children(pid_t worker);                    // have run their after_fork
  pid_t keeper(pid_t worker) const;                                   // 0: none
  void send(pid_t process, int signal) const;

  // ---- looking
  bool eventually(std::function<bool()> const& what, std::chrono::milliseconds most = 15s) const;
  std::vector<Line> journal(std::string const& first_word = "") const;
  int count(std::string const& text) const;  // journal lines that contain it
  bool journal_says(std::string const& text) const { return count(text) > 0; }
  std::string log() const;  // stderr of all workers
  std::string path(std::string const& name) const { return folder_ + "/" + name; }
  std::string url() const { return "sqlite:" + path("zoo.db"); }

 private:
  std::string folder_;
  std::unique_ptr<kue::StoreQueue> queue_;
  std::set<pid_t> workers_;
};

bool lives(pid_t process);  // and is no zombie

}  // namespace zoo
