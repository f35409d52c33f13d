#include "holdings.hpp"

#include "kue/base/fd.hpp"
#include "kue/worker/board/scoreboard.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>

namespace torture {
namespace {

using kue::worker::EntryState;
using kue::worker::EntryWord;
using kue::worker::Header;
using kue::worker::Role;
using kue::worker::Slot;
using kue::worker::SlotState;

// Where the scoreboard lies in the master; 0: it has none (yet, or any more).
std::uint64_t address_in(int master) {
  std::ifstream maps(fmt::format("/proc/{}/maps", master));
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/memfd:spark-scoreboard") != std::string::npos) return std::stoull(line, nullptr, 16);
  }
  return 0;
}

template <class T> bool copy(int memory, std::uint64_t from, T& into) {
  return ::pread(memory, static_cast<void*>(&into), sizeof into, static_cast<off_t>(from)) ==
         static_cast<ssize_t>(sizeof into);
}

Holding holding_of(Slot const& slot) {
  Holding holding{.pid = slot.pid.load(), .jobs = {}};
  for (int entry = 0; entry < kue::limits::kMaxBatch; ++entry) {
    EntryState const state = EntryWord::unpack(slot.words[entry].load()).state;
    if (state == EntryState::free) continue;
    kue::worker::EntryJob const& job = slot.bodies[entry].job;
    std::array<std::uint8_t, 16> bytes{};
    std::copy(std::begin(job.id), std::end(job.id), bytes.begin());
    bool const ended = state == EntryState::done || state == EntryState::taken_done;
    bool const completed =
        ended && slot.bodies[entry].end.kind == static_cast<std::uint8_t>(kue::Outcome::Kind::completed);
    holding.jobs.push_back({kue::JobId(bytes), job.claim_no, state, completed});
  }
  return holding;
}

}  // namespace

bool Holding::has(EntryState state) const {
  return std::any_of(jobs.begin(), jobs.end(), [&](HeldJob const& job) { return job.state == state; });
}

bool Holding::has_taken() const { return has(EntryState::taken_held) || has(EntryState::taken_done); }

std::vector<Holding> holdings_of(int master) {
  std::vector<Holding> all;
  std::uint64_t const at = address_in(master);
  kue::Fd const memory(::open(fmt::format("/proc/{}/mem", master).c_str(), O_RDONLY | O_CLOEXEC));
  auto const header = std::make_unique<Header>();
  if (at == 0 || !memory || !copy(memory.get(), at, *header)) return all;
  auto const slot = std::make_unique<Slot>();
  for (std::uint32_t index = 0; index < header->slot_count; ++index) {
    if (!copy(memory.get(), at + sizeof(Header) + index * sizeof(Slot), *slot)) return {};
    bool const child = slot->role.load() == static_cast<std::uint32_t>(Role::child);
    if (child && slot->state.load() == static_cast<std::uint32_t>(SlotState::live)) all.push_back(holding_of(*slot));
  }
  return all;
}

}  // namespace torture
