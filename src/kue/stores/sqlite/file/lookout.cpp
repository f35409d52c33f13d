#include "kue/stores/sqlite/file/lookout.hpp"

#include <kue/limits.hpp>

namespace kue::sqlite {
namespace {

// The others wake up once a term to see that there is still one.
constexpr std::chrono::milliseconds kTerm = 4 * limits::kPollNet;
constexpr std::uint32_t kMostAhead = static_cast<std::uint32_t>(kTerm.count()) + 10;  // words that differ go beyond it by a little

// Never what stood there: by the word each knows whether it is still the one.
std::uint32_t end_of_term(std::uint32_t before) {
  std::uint32_t until = WakeFile::milliseconds() + static_cast<std::uint32_t>(kTerm.count());
  while (until == 0 || until == before) ++until;
  return until;
}

}  // namespace

Lookout::~Lookout() {
  if (mine_ != 0) shared_.lookout_until().compare_exchange_strong(mine_, 0);
}

bool Lookout::stand() noexcept {
  std::uint32_t seen = shared_.lookout_until().load();
  if (seen != mine_ && left().count() > 0) return false;
  std::uint32_t const until = end_of_term(seen);
  bool const took = shared_.lookout_until().compare_exchange_strong(seen, until);
  mine_ = took ? until : 0;
  return took;
}

void Lookout::take() noexcept {
  mine_ = end_of_term(shared_.lookout_until().load());
  shared_.lookout_until().store(mine_);
}

std::chrono::milliseconds Lookout::left() const noexcept {
  std::uint32_t const until = shared_.lookout_until().load();
  // A word from before a restart of the machine may be anything: further ahead it says nothing.
  std::uint32_t const ahead = until - WakeFile::milliseconds();
  return std::chrono::milliseconds(until != 0 && ahead <= kMostAhead ? ahead : 0);
}

}  // namespace kue::sqlite
