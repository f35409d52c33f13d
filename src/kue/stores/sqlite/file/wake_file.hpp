#pragma once
// WakeFile: a page of memory shared by all processes that have a store open, in a file beside the database.
//
// One futex word says that something was committed; sleepers wait on it with a mask of their queues, so that a push
// wakes only those who may take it. Its descriptor also carries the locks of this room (fairness, checkpoint): never
// the database's own.
// If the file cannot be made, the words are in this process and others are found by polling.

#include "kue/base/fd.hpp"
#include "kue/base/futex.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kue::sqlite {

class WakeFile {
 public:
  explicit WakeFile(std::string const& path);
  ~WakeFile();
  WakeFile(WakeFile const&) = delete;
  WakeFile& operator=(WakeFile const&) = delete;

  static std::uint32_t mask_of(std::string_view queue);
  static std::uint32_t mask_of(std::span<std::string const> queues);  // none named: all

  std::uint32_t value() const { return words_->commits.load(); }
  // After the commit, never before: a sleeper that looks too early would sleep on. Async-signal-safe.
  bool ring(std::uint32_t mask, int sleepers) noexcept;
  // Returns when the word is not `seen`, when rung for the mask, after `at_most`, or for no reason. True: the time was
  // over.
  bool sleep(std::uint32_t seen, std::uint32_t mask, std::chrono::nanoseconds at_most) noexcept;

  // A clock that all processes of the machine share: its steady one, cut to 32 bits. Differences of less than 24 days
  // are true.
  static std::uint32_t milliseconds();

  bool anybody_sleeps() const { return words_->sleepers.load() != 0; }

  // What those who wait at the turnstile tell one another (turnstile.cpp).
  struct TurnstileWords {
    std::atomic<std::uint32_t> openings;  // counts; the word that is slept on
    std::atomic<std::uint32_t>
        waiting;  // one that is killed while it waits stays counted, which costs a system call an opening
    std::atomic<std::uint32_t> stand_aside_until;  // milliseconds()
  };
  TurnstileWords& turnstile() { return words_->turnstile; }
  void wait_for_opening(std::uint32_t seen, std::chrono::milliseconds at_most) noexcept;
  void tell_opening() noexcept;

  bool shared() const { return mapped_; }
  int descriptor() const { return file_.get(); }  // -1 if the file could not be made

  // A hint, true or not: how much of the WAL the last checkpoint of any process has copied.
  std::atomic<std::uint32_t>& frames_copied() { return words_->frames_copied; }

  // One of all who have the file open tends it: looks once a second whether there is work that nobody was woken for.
  static constexpr std::chrono::milliseconds kTendEvery{1000};
  bool tended_lately() const noexcept;  // so that another second's delay is all that a sleeper risks
  bool take_turn_to_tend() noexcept;    // true for one of those who ask, once a second

  void abandon() noexcept;  // in a forked child: forget everything, close nothing

 private:
  struct Words {
    std::atomic<std::uint32_t> commits;
    std::atomic<std::uint32_t> sleepers;
    std::atomic<std::uint32_t> frames_copied;
    TurnstileWords turnstile;
    std::atomic<std::uint32_t> tended_at;  // milliseconds()
  };
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free && sizeof(Words) == 28,
                "other processes read it as plain words");

  Fd file_;
  Words own_{};
  Words* words_ = &own_;
  bool mapped_ = false;
};

}  // namespace kue::sqlite
