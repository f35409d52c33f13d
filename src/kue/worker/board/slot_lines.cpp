#include "kue/worker/board/slot_lines.hpp"

#include "kue/base/utf8.hpp"

#include <algorithm>

namespace kue::worker {

bool SlotLines::add(std::string_view line, SteadyPoint now) {
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    std::size_t const used = size_of(seen);
    if (used + line.size() > sizeof bytes) return false;
    if (used == 0) since.store(now.time_since_epoch().count(), std::memory_order_release);
    line.copy(bytes + used, line.size());  // a taker has copied only what was there before
    if (word.compare_exchange_strong(seen, seen + line.size(), std::memory_order_seq_cst)) return true;
  }
}

std::string SlotLines::take() {
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    std::size_t const used = std::min(size_of(seen), sizeof bytes);
    if (used == 0) return {};
    std::string lines(bytes, used);
    if (word.compare_exchange_strong(seen, taken_once_more(seen), std::memory_order_acq_rel)) return lines;
  }
}

void SlotLines::write_for_another() {
  std::string const lines = take();
  if (lines.empty()) return;
  std::string safe;
  for (std::string_view rest = lines; !rest.empty();) {
    auto const [code, size] = utf8_character(rest);
    bool const shown = size > 0 && (code == '\n' || !is_dangerous(code));
    safe += shown ? rest.substr(0, size) : "?";
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  safe.back() = '\n';
  write_to_stderr(safe);
}

}  // namespace kue::worker
