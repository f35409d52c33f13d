#pragma once
// NodeBeat: says to the other workers, again and again, that this node lives. On its own thread with its own store, so
// that nothing else that a keeper does can make its node look dead.

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace kue::worker {

class NodeBeat {
 public:
  struct Rules {
    std::uint64_t node = 0;
    int pid = 0;  // of the master
    LockFile lock = {};
    Millis every{0};
    Millis dead_after{0};
    std::function<void(SteadyPoint)> trusted_until;  // after each beat: how long nobody can have declared us dead
    std::function<void()> declared_dead;             // once; no beat follows
    std::function<void()> store_restarted = {};      // the store's epoch is another one than at the last beat
  };
  NodeBeat(std::shared_ptr<Store> store, Rules rules, Logger log);
  ~NodeBeat() { stop(); }

  bool beat();   // one, in the calling thread; false: declared dead. Throws what the store throws
  void start();  // the thread
  void now();    // lets it beat at once
  void stop();
  bool fresh() const;  // the last beat succeeded not long ago

 private:
  void go_on(std::stop_token stop);

  std::shared_ptr<Store> store_;
  Rules rules_;
  Logger log_;
  std::atomic<std::int64_t> last_ms_{0};
  std::optional<std::uint64_t> epoch_;  // of the store, at the last beat
  std::mutex mutex_;
  bool asked_ = false;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

std::string host_name();

}  // namespace kue::worker
