#include "kue/stores/sqlite/file/group.hpp"

#include "kue/stores/sqlite/file/failure.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace kue::sqlite {
namespace {

constexpr int kPutOff = 2;                   // a sync waits for so many writes that are under way
constexpr std::size_t kJobsAtOnce = 10'000;  // so that nobody holds the write lock for long

// Each thread gets an error of its own: one object rethrown in several would be shared between them.
std::exception_ptr copy_of(std::exception_ptr const& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (Error const& error) {
    std::string const text = error.what();
    return std::make_exception_ptr(error.outcome_unknown() ? Error::with_unknown_outcome(error.kind(), text) : Error(error.kind(), text));
  } catch (Failure const& error) {
    return std::make_exception_ptr(Failure(error));
  } catch (...) {
    return failure;
  }
}

template <class Call> std::exception_ptr failure_of(Call&& call) {
  try {
    call();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

void wake(Group::Member const& member, Group::Turn turn) {
  auto const bell = member.bell;  // the member is gone as soon as its thread has woken
  bell->ring(turn);
}

}  // namespace

void Group::Bell::ring(Turn turn) {
  {
    std::unique_lock const held(mutex_);
    turn_ = turn;
  }
  rung_.notify_one();
}

Group::Turn Group::Bell::wait() {
  std::unique_lock held(mutex_);
  rung_.wait(held, [&] { return turn_ != Turn::sleep; });
  return std::exchange(turn_, Turn::sleep);
}

void Group::push(Member& member) {
  bool lead = false;
  {
    std::unique_lock const held(mutex_);
    waiting_.push_back(&member);
    if (waiting_.size() == expected_) all_came_.notify_one();
    lead = !std::exchange(writing_, true);
  }
  take_turns(member, lead ? Turn::write : Turn::sleep);
}

void Group::sync() {
  if (!sync_) return;
  Member member;
  bool lead = false;
  {
    std::unique_lock const held(mutex_);
    written_.push_back(&member);
    lead = !std::exchange(syncing_, true);
  }
  take_turns(member, lead ? Turn::sync : Turn::sleep);
}

void Group::take_turns(Member& member, Turn turn) {
  while (turn != Turn::done) {
    if (turn == Turn::sleep) turn = member.bell->wait();
    if (turn == Turn::write) turn = lead_write(member);
    if (turn == Turn::sync) turn = lead_sync(member);
  }
  if (member.error) std::rethrow_exception(member.error);
}

Group::Turn Group::lead_write(Member& self) {
  Members members;
  {
    std::unique_lock held(mutex_);
    gather(held);
    members = take_waiting();
  }
  std::exception_ptr const failure = failure_of([&] { write_(members); });
  std::vector<std::pair<Member*, Turn>> turns;
  {
    std::unique_lock const held(mutex_);
    for (Member* const each : members) {
      if (failure) each->error = copy_of(failure);
      if (sync_ && !each->error)
        written_.push_back(each);
      else
        turns.emplace_back(each, Turn::done);
    }
    writing_ = !waiting_.empty();
    bool const self_can_sync = std::ranges::find(written_, &self) != written_.end();  // which spares waking another
    if (Member* const first = next_to_sync()) turns.emplace_back(self_can_sync ? &self : first, Turn::sync);
    if (writing_) turns.emplace_back(waiting_.front(), Turn::write);
  }
  Turn own = Turn::sleep;
  for (auto const& [member, turn] : turns) {
    if (member == &self)
      own = turn;
    else
      wake(*member, turn);
  }
  return own;
}

Group::Turn Group::lead_sync(Member& self) {
  Members members;
  {
    std::unique_lock const held(mutex_);
    members.swap(written_);
  }
  auto const begin = std::chrono::steady_clock::now();
  std::exception_ptr const failure = failure_of(sync_);
  Member* next = nullptr;
  {
    std::unique_lock const held(mutex_);
    syncing_ = false;
    expected_ = members.size();
    last_sync_took_ = std::chrono::steady_clock::now() - begin;
    next = next_to_sync();
  }
  if (next) wake(*next, Turn::sync);  // first: the disk shall not wait
  for (Member* const each : members) {
    if (failure) each->error = copy_of(failure);
    if (each != &self) wake(*each, Turn::done);
  }
  return Turn::done;
}

// A write takes less time than a sync: who is at it shall not miss this one and wait for the next. But not for ever.
Group::Member* Group::next_to_sync() {
  if (syncing_ || written_.empty()) return nullptr;
  if (writing_ && ++put_off_ <= kPutOff) return nullptr;
  put_off_ = 0;
  syncing_ = true;
  return written_.front();
}

// Those who were answered together push again together, if they do: a sync for all of them is worth a short wait. When it was in vain
// the next sync is for fewer, and fewer are expected.
void Group::gather(std::unique_lock<std::mutex>& held) {
  if (sync_ && waiting_.size() < expected_) all_came_.wait_for(held, last_sync_took_ / 2, [&] { return waiting_.size() >= expected_; });
}

Group::Members Group::take_waiting() {
  std::size_t jobs = 0;
  std::size_t count = 0;
  while (count < waiting_.size() && (count == 0 || jobs + waiting_[count]->jobs.size() <= kJobsAtOnce)) jobs += waiting_[count++]->jobs.size();
  auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  Members members(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return members;
}

}  // namespace kue::sqlite
