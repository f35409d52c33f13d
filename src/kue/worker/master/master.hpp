#pragma once
// Master: keeps a number of children and one keeper alive, and ends them. One thread; it opens no store, calls no
// library and runs no job, so that nothing a job does can hurt it.

#include "kue/worker/board/post.hpp"
#include "kue/worker/board/signals.hpp"
#include "kue/worker/master/pid_file.hpp"
#include "kue/worker/master/respawn.hpp"
#include "kue/worker/node/node_lock.hpp"

#include "kue/base/fd.hpp"

#include <optional>
#include <vector>

namespace kue::worker {

// What a new process does from its fork on. Neither ever returns.
struct Lives {
  std::function<void(Post)> of_child, of_keeper;
};

class Master {
 public:
  // `post` as the children get it, without slot and node; `set_node` is told each new node id.
  Master(Post post, Lives lives, PidFile* pid_file, std::function<void(std::uint64_t)> set_node);

  int run();  // exit code

 private:
  struct Member {
    int slot = -1;
    int pid = 0;
    Fd pidfd;
    Role role{};
    SteadyPoint born{};
    bool leaving = false;  // asked to stop; not replaced, not counted
    bool killed = false;
  };

  // the loop
  void balance(SteadyPoint now);
  void enforce_limits(SteadyPoint now);
  void wait(SteadyPoint now);
  bool settled() const;
  SteadyPoint next_look(SteadyPoint now) const;
  void on_signal(int signal);
  void on_nudge();

  // members
  bool start(Role role, SteadyPoint now);
  [[noreturn]] void become(Role role, int slot) noexcept;
  bool reap(int pid);  // false: it is none of ours
  void bury_orphans();
  void after_child(Member const& member, int wait_status, SteadyPoint now);
  void after_keeper(Member const& member, int wait_status, SteadyPoint now);
  void note_failed_boot(Slot const& slot, int wait_status, Respawn const& respawn);
  void ask_to_stop(Member& member);
  void condemn(Member& member, KillCause cause, SteadyPoint const* over_limit_at);
  std::optional<SteadyPoint> limit_of(Slot const& slot, int entry, EntryWord run, KillCause cause) const;
  void kill(Member& member);
  Member const* keeper() const;
  int count_children() const;  // that stay
  bool any_child() const;

  void begin_stop(int exit_code, Millis timeout);
  void close_down(SteadyPoint now);
  void change_pool(int by);
  void renew_node();
  void ring_keeper() const;
  void say_started();

  WorkerOptions const& options() const { return post_.options(); }
  Logger log() const { return options().log; }
  Slot& slot(Member const& member) { return post_.board.slot(member.slot); }

  Post post_;
  Lives lives_;
  PidFile* pid_file_;
  std::function<void(std::uint64_t)> set_node_;
  NodeLock node_lock_;
  MasterSignals signals_;
  Fd epoll_, bell_, nudge_, self_;
  std::vector<Member> members_;
  Respawn children_respawn_, keeper_respawn_;
  int wanted_;
  int interrupts_ = 0;
  bool said_started_ = false;

  bool stopping_ = false;
  SteadyPoint deadline_{};
  int exit_code_ = 0;
  bool closing_ = false;
  bool finished_ = false;
  int last_keepers_ = 0;
  SteadyPoint keeper_deadline_{};
};

int most_children(int concurrency);  // to which TTIN may raise the pool

}  // namespace kue::worker
