#include "spark/console/queue_counts.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

namespace spark {

void write_counts(kue::Writer& writer, kue::QueueCounts const& counts) {
  writer.key("queue");
  writer.string(as_utf8(counts.queue));
  writer.key("paused");
  writer.boolean(counts.paused);
  for (kue::State const state : kCountedStates) {
    writer.key(kue::to_string(state));
    writer.integer(counts.of(state));
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
