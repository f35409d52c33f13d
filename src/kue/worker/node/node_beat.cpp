#include "kue/worker/node/node_beat.hpp"

#include "kue/base/signals_blocked.hpp"
#include "kue/worker/node/node_lock.hpp"

#include <kue/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace kue::worker {

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

NodeBeat::NodeBeat(std::shared_ptr<Store> store, Rules rules, Logger log)
    : store_(std::move(store)), rules_(std::move(rules)), log_(std::move(log)) {}

bool NodeBeat::beat() {
  SteadyPoint const before = Clock::system().steady_now();  // observers may have seen it from now on
  BeatResult const answer = store_->beat(
      {.node = rules_.node, .name = host_name(), .pid = rules_.pid, .boot_id = boot_id(), .lock = rules_.lock});
  if (!answer.alive) return false;
  bool const other_store = epoch_ && *epoch_ != answer.epoch;
  epoch_ = answer.epoch;
  if (other_store && rules_.store_restarted) rules_.store_restarted();
  last_ms_ = before.time_since_epoch().count();
  if (rules_.trusted_until)
    rules_.trusted_until(before + std::max(rules_.dead_after - rules_.every, rules_.dead_after / 2));
  return true;
}

void NodeBeat::start() {
  SignalsBlocked const blocked;
  thread_ = std::jthread([this](std::stop_token stop) { go_on(stop); });
}

void NodeBeat::now() {
  std::lock_guard const lock(mutex_);
  asked_ = true;
  changed_.notify_one();
}

void NodeBeat::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool NodeBeat::fresh() const {
  return Clock::system().steady_now() < SteadyPoint(Millis(last_ms_.load())) + 2 * rules_.every;
}

void NodeBeat::go_on(std::stop_token stop) {
  Millis const soon = std::clamp(rules_.every / 10, Millis(10), Millis(1000));  // after a failure
  Millis wait = rules_.every;
  bool failing = false;
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, wait, [this] { return std::exchange(asked_, false); });
    if (stop.stop_requested()) return;
    lock.unlock();
    try {
      if (!beat()) {
        rules_.declared_dead();
        return;
      }
      if (failing) log_.info("the store answers again");
      failing = false;
      wait = rules_.every;
    } catch (std::exception const& error) {
      if (!failing) log_.error("cannot tell the other workers that this one lives: {}", error.what());
      failing = true;
      wait = soon;
    }
  }
}

}  // namespace kue::worker
