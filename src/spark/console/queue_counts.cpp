#include "spark/console/queue_counts.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

namespace spark {

void write_counts(kue::Writer& writer, kue::QueueCounts const& counts) {
  write_text(writer, "queue", counts.queue);
  write_flag(writer, "paused", counts.paused);
  for (kue::State const state : kCountedStates) {
    write_number(writer, kue::to_string(state), counts.of(state));
  }
}

void write_time(kue::Writer& writer, std::string_view key, std::optional<kue::TimePoint> time) {
  writer.key(key);
  if (time)
    writer.string(iso_text(*time));
  else
    writer.null();
}

}  // namespace spark
