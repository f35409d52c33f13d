#include "kue/stores/sqlite/group.hpp"

namespace kue::sqlite {
namespace {

constexpr std::size_t kJobsAtOnce = 10'000;  // so that nobody holds the write lock for long

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
      if (failure) each->error = failure;
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
