#include "kue/stores/sqlite/group.hpp"

#include <kue/error.hpp>

#include <string>

namespace kue::sqlite {
namespace {

constexpr std::size_t kJobsAtOnce = 10'000;  // so that nobody holds the write lock for long

// Each thread gets an error of its own: one object rethrown in several would be shared between them.
std::exception_ptr copy_of(std::exception_ptr const& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (Error const& error) {
    std::string const text = error.what();
    return std::make_exception_ptr(error.outcome_unknown() ? Error::with_unknown_outcome(error.kind(), text) : Error(error.kind(), text));
  } catch (...) {
    return failure;
  }
}

}  // namespace

void Group::join(Member& member, Write const& write) {
  std::unique_lock held(mutex_);
  waiting_.push_back(&member);
  written_.wait(held, [&] { return member.done || !writing_; });
  while (!member.done) {
    // This thread writes, its own and whatever came while the one before was writing.
    writing_ = true;
    std::vector<Member*> const members = take();
    held.unlock();
    std::exception_ptr failure;
    try {
      write(members);
    } catch (...) {
      failure = std::current_exception();
    }
    held.lock();
    for (Member* const each : members) {
      if (failure) each->error = copy_of(failure);
      each->done = true;
    }
    writing_ = false;
    written_.notify_all();
  }
  held.unlock();
  if (member.error) std::rethrow_exception(member.error);
}

std::vector<Group::Member*> Group::take() {
  std::size_t jobs = 0;
  std::size_t count = 0;
  while (count < waiting_.size() && (count == 0 || jobs + waiting_[count]->jobs.size() <= kJobsAtOnce)) jobs += waiting_[count++]->jobs.size();
  auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Member*> members(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return members;
}

}  // namespace kue::sqlite
