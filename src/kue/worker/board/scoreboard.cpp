#include "kue/worker/board/scoreboard.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace kue::worker {
namespace {

constexpr std::uint64_t kMagic = 0x6472616f42657543u;  // "CueBoard"
constexpr std::uint32_t kVersion = 1;

[[noreturn]] void fail(char const* what, std::size_t bytes) {
  throw Error(ErrorKind::unavailable, fmt::format("cannot make the worker's shared memory ({} bytes): {}: {}", bytes,
                                                  what, std::strerror(errno)));
}

}  // namespace

bool Slot::change(SlotState from, SlotState to) {
  auto expected = static_cast<std::uint32_t>(from);
  return state.compare_exchange_strong(expected, static_cast<std::uint32_t>(to), std::memory_order_acq_rel);
}

void Slot::ask_to_stop() noexcept {
  stop.store(1, std::memory_order_release);
  futex_ring(bell);
}

bool Slot::ask_to_cancel(int entry, EntryWord run, SteadyPoint now) {
  if (cancels[entry].load(std::memory_order_acquire) == run.generation) return false;
  cancelled_at[entry].store(now.time_since_epoch().count(), std::memory_order_relaxed);
  cancels[entry].store(run.generation, std::memory_order_release);
  futex_ring(bell);
  return true;
}

std::optional<SteadyPoint> Slot::cancel_asked_at(int entry, EntryWord run) const {
  if (run.generation == 0 || cancels[entry].load(std::memory_order_acquire) != run.generation) return std::nullopt;
  return SteadyPoint(Millis(cancelled_at[entry].load(std::memory_order_relaxed)));
}

bool Slot::change(int entry, EntryWord from, EntryState to) {
  std::uint64_t expected = from.pack();
  return words[entry].compare_exchange_strong(expected, from.with(to).pack(), std::memory_order_acq_rel);
}

OwnEntry Slot::hold(Delivery const& delivery, SteadyPoint steady_now, int from) {
  for (int tried = 0; tried < limits::kMaxBatch; ++tried) {
    int const entry = (from + tried) % limits::kMaxBatch;
    EntryWord const now = word(entry);
    if (now.state != EntryState::free) continue;
    write_job(bodies[entry], delivery);
    since[entry].store(steady_now.time_since_epoch().count(), std::memory_order_relaxed);
    std::uint64_t expected = now.pack();
    EntryWord const next{now.generation + 1, EntryState::held};
    if (words[entry].compare_exchange_strong(expected, next.pack(), std::memory_order_acq_rel))
      return {entry, next.generation};
  }
  return {};
}

bool Slot::start(OwnEntry entry, TimePoint now, SteadyPoint steady_now, Millis timeout,
                 std::optional<SteadyPoint> hard_limit) {
  EntryWord const held = word(entry);
  if (held != EntryWord{entry.generation, EntryState::held}) return false;
  write_run(bodies[entry], now, steady_now, timeout, hard_limit);
  if (!change(entry, held, EntryState::running)) return false;
  runs.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Slot::record(OwnEntry entry, Outcome const& outcome, SteadyPoint steady_now) {
  EntryWord const running = word(entry);
  if (running != EntryWord{entry.generation, EntryState::running}) return false;
  write_end(bodies[entry], texts[entry], outcome, steady_now);
  since[entry].store(steady_now.time_since_epoch().count(), std::memory_order_relaxed);
  return change(entry, running, EntryState::done);
}

bool Slot::clear(OwnEntry entry) {
  EntryWord const now = word(entry);
  if (now.generation != entry.generation || now.state == EntryState::free) return false;  // the keeper was quicker
  // A condemned entry stays: the kill is on its way, and the keeper must find out why. What the keeper took it clears.
  if (now.state == EntryState::condemned || is_taken(now.state)) return false;
  return change(entry, now, EntryState::free);
}

bool Slot::has_entry(Claim const& claim) const {
  return any_entry([&](int index, EntryWord) {
    std::optional<EntryView> const entry = read(index);
    return !entry || entry->is(claim);
  });
}

void Slot::reset() {
  pid = 0;
  wait_status = 0;
  holder = 0;
  kill_cause = 0;
  boot = 0;
  stop = 0;
  idle = 0;
  unknown = 0;
  runs = 0;
  watched = 0;
  boot_error.set("");
  for (auto& entry : words) {
    EntryWord const now = EntryWord::unpack(entry.load());
    if (now.state != EntryState::free) entry.store(now.with(EntryState::free).pack());  // the generation goes on
  }
}

Scoreboard::Scoreboard(int max_children) : slot_count_(2 * max_children + 2) {
  // Sparse: a page costs memory when it is first written, so entries are free until they are used.
  Fd const memory(::memfd_create("spark-scoreboard", MFD_CLOEXEC));
  if (!memory) fail("memfd_create", bytes());
  if (::ftruncate(memory.get(), static_cast<off_t>(bytes())) != 0) fail("ftruncate", bytes());
  void* const at = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) fail("mmap", bytes());
  // Zero bytes are the right start of every field: free, booting, no pid.
  header_ = static_cast<Header*>(at);
  slots_ = reinterpret_cast<Slot*>(header_ + 1);
  header_->magic = kMagic;
  header_->version = kVersion;
  header_->layout =
      static_cast<std::uint32_t>(sizeof(Header) * 31 + sizeof(Slot) * 17 + sizeof(EntryBody) + sizeof(SlotLines));
  header_->slot_count = static_cast<std::uint32_t>(slot_count_);
  header_->slot_bytes = static_cast<std::uint32_t>(sizeof(Slot));
}

Scoreboard::~Scoreboard() {
  if (header_ != nullptr) ::munmap(header_, bytes());
}

std::size_t Scoreboard::bytes() const { return sizeof(Header) + static_cast<std::size_t>(slot_count_) * sizeof(Slot); }

int Scoreboard::take_free_slot(Role role) {
  for (Slot& one : *this) {
    if (one.state_now() != SlotState::free) continue;
    one.reset();
    one.role = static_cast<std::uint32_t>(role);
    if (one.change(SlotState::free, SlotState::starting)) return static_cast<int>(&one - slots_);
  }
  return -1;
}

void Scoreboard::keep_only(int index) {
  ::mprotect(header_, sizeof(Header), PROT_READ);
  for (int other = 0; other < slot_count_; ++other) {
    if (other != index) ::munmap(&slots_[other], sizeof(Slot));
  }
}

}  // namespace kue::worker
