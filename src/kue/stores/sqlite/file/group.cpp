#include "kue/stores/sqlite/file/group.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace kue::sqlite {
namespace {

using std::chrono::steady_clock;

constexpr auto kMostWait = std::chrono::milliseconds(
    2);  // for companions, after they were answered: how long a disk has stalled says nothing of them
constexpr std::size_t kRowsAtOnce = 10'000;  // so that nobody holds the write lock for long

// Each thread gets an error of its own: one object rethrown in several would be shared between them.
std::exception_ptr copy_of(std::exception_ptr const& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (Error const& error) {
    std::string const text = error.what();
    return std::make_exception_ptr(error.outcome_unknown() ? Error::with_unknown_outcome(error.kind(), text)
                                                           : Error(error.kind(), text));
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

using Turns = std::vector<std::shared_ptr<std::condition_variable>>;

// With the mutex free: whoever wakes needs it at once, and would go to sleep again.
void wake(Turns const& turns, std::unique_lock<std::mutex>& held) {
  held.unlock();
  for (auto const& turn : turns) turn->notify_one();
  held.lock();
}

void finish(Group::Member& member, Turns& turns) {
  member.done = true;
  turns.push_back(member.turn);
}

template <class Queue> void leave(Queue& queue, std::size_t count, Turns& turns) {
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
  if (!queue.empty()) turns.push_back(queue.front()->turn);
}

}  // namespace

void Group::write(Member& member) { stand_in(writing_, member); }

void Group::sync() {
  Member member;
  if (sync_) stand_in(syncing_, member);
}

void Group::stand_in(Queue& queue, Member& member) {
  auto const leads = [&](Queue const& one) { return !one.empty() && one.front() == &member; };
  Lock held(mutex_);
  queue.push_back(&member);
  if (writing_.size() == expected_) writing_.front()->turn->notify_one();  // it may gather
  while (!member.done) {
    if (leads(writing_))
      lead_write(held);
    else if (leads(syncing_))
      lead_sync(held);
    else
      member.turn->wait(held);
  }
  if (member.error) std::rethrow_exception(member.error);
}

void Group::lead_write(Lock& held) {
  gather(held);
  std::vector<Member*> members;
  std::size_t rows = 0;
  for (Member* const each : writing_) {
    rows += each->rows;
    if (!members.empty() && rows > kRowsAtOnce) break;
    members.push_back(each);
  }
  held.unlock();
  std::exception_ptr const failure = failure_of([&] { write_(members); });
  held.lock();
  Turns turns;
  leave(writing_, members.size(), turns);
  for (Member* const each : members) {
    if (failure) each->error = copy_of(failure);
    if (sync_ && !each->error)
      syncing_.push_back(each);
    else
      finish(*each, turns);
  }
  if (!syncing_.empty()) turns.push_back(syncing_.front()->turn);  // nothing to do if it leads already
  wake(turns, held);
}

void Group::lead_sync(Lock& held) {
  std::vector<Member*> const members(syncing_.begin(), syncing_.end());
  held.unlock();
  auto const begin = steady_clock::now();
  std::exception_ptr const failure = failure_of(sync_);
  auto const end = steady_clock::now();
  held.lock();
  expected_ = members.size();
  expected_until_ = end + std::min<steady_clock::duration>((end - begin) / 2, kMostWait);
  Turns turns;
  leave(syncing_, members.size(), turns);  // first: the disk must not wait
  for (Member* const each : members) {
    if (failure) each->error = copy_of(failure);
    finish(*each, turns);
  }
  wake(turns, held);
}

// Those who were answered together push again together, if they do: a sync for all of them is worth a short wait. If
// they do not come the next sync is for fewer, and fewer are expected.
void Group::gather(Lock& held) {
  writing_.front()->turn->wait_until(held, expected_until_, [&] { return writing_.size() >= expected_; });
}

}  // namespace kue::sqlite
