#include <kue/foreign.hpp>

#include "kue/base/own_pid.hpp"
#include "kue/core/open_transactions.hpp"

#include <atomic>
#include <utility>

namespace kue {

struct Foreign::Mark {
  explicit Mark(OpenTransactions::One its) : what(its) {}
  OpenTransactions::One const what;
  int const pid = own_pid();  // after a fork the child has a copy of this, and nothing of the transaction
  std::atomic<bool> open{true};
};

namespace {

// Weak, because a transaction may be ended, and its object destroyed, by another thread.
template <class Mark> std::vector<std::weak_ptr<Mark>>& marks_here() {
  thread_local std::vector<std::weak_ptr<Mark>> marks;
  return marks;
}

}  // namespace

bool Foreign::open() const { return mark_ && mark_->open && mark_->pid == own_pid(); }

void Foreign::begun() {
  auto& marks = marks_here<Mark>();
  std::erase_if(marks, [](std::weak_ptr<Mark> const& mark) { return mark.expired(); });
  mark_ = std::make_shared<Mark>(OpenTransactions::One{kind_, handle_});
  marks.push_back(mark_);
}

void Foreign::ended() noexcept {
  if (mark_) mark_->open = false;
  mark_.reset();
}

void Foreign::committed() {
  ended();
  for (auto const& step : std::exchange(after_commit_, {})) step();
}

std::vector<OpenTransactions::One> OpenTransactions::here() {
  std::vector<One> open;
  for (std::weak_ptr<Foreign::Mark> const& weak : marks_here<Foreign::Mark>()) {
    auto const mark = weak.lock();
    if (mark && mark->open && mark->pid == own_pid()) open.push_back(mark->what);
  }
  return open;
}

bool OpenTransactions::any_here() { return !marks_here<Foreign::Mark>().empty() && !here().empty(); }

}  // namespace kue
