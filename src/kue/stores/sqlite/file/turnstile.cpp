#include "kue/stores/sqlite/file/turnstile.hpp"

#include <sys/file.h>

#include <chrono>

namespace kue::sqlite {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kAtMost = 250ms;
constexpr auto kLong = 2ms;  // a wait after which newcomers stand aside
constexpr auto kStandAside =
    10ms;  // for so long, unless asked again: nobody is kept out by one that was killed while it waited
constexpr auto kLook = 10ms;  // a holder that is killed opens the turnstile and tells nobody

}  // namespace

void Turnstile::enter() {
  if (shared_.descriptor() < 0) return;
  std::uint32_t const seen =
      shared_.turnstile().openings.load();  // first the word, then the try: an opening between them is not slept over
  if (others_first() || !try_enter()) wait_and_enter(seen);
}

// Not the blocking flock: it has no time limit, and a child forked by a job may hold the descriptor for as long as it
// lives.
bool Turnstile::try_enter() { return inside_ = ::flock(shared_.descriptor(), LOCK_EX | LOCK_NB) == 0; }

// Only one is woken by an opening: it tries, whoever else may be waiting, or the opening would be lost to all.
void Turnstile::wait_and_enter(std::uint32_t seen) {
  auto const came = steady_clock::now();
  bool asked = false;
  for (;;) {
    shared_.wait_for_opening(seen, kLook);
    seen = shared_.turnstile().openings.load();
    if (try_enter()) break;
    auto const waited = steady_clock::now() - came;
    if (waited >= kAtMost) break;
    asked = waited >= kLong;
    if (asked) newcomers_stand_aside(kStandAside);
  }
  if (asked) newcomers_stand_aside(0ms);
}

bool Turnstile::others_first() const {
  if (shared_.turnstile().waiting.load() == 0) return false;
  // A word from before a restart of the machine may be anything: more than kStandAside ahead it says nothing.
  std::uint32_t const ahead =
      shared_.turnstile().stand_aside_until.load(std::memory_order_relaxed) - WakeFile::milliseconds();
  return ahead - 1 < static_cast<std::uint32_t>(kStandAside.count());
}

void Turnstile::newcomers_stand_aside(std::chrono::milliseconds for_so_long) {
  shared_.turnstile().stand_aside_until.store(
      WakeFile::milliseconds() + static_cast<std::uint32_t>(for_so_long.count()), std::memory_order_relaxed);
}

void Turnstile::leave() {
  if (!inside_) return;
  ::flock(shared_.descriptor(), LOCK_UN);
  inside_ = false;
  ++left_;
  shared_.tell_opening();
}

}  // namespace kue::sqlite
