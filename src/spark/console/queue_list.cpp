#include "spark/console/job_store.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/queue_counts.hpp"
#include "spark/console/times.hpp"

namespace spark {
namespace {

Cell since(std::optional<kue::TimePoint> time, kue::TimePoint now) {
  if (!time) return "";
  return {span_text(std::max(now - *time, kue::Millis(0))), iso_text(*time)};
}

Row row_of(kue::QueueCounts const& counts, kue::HeadResult const& head, kue::TimePoint now) {
  std::string const name = printable(counts.queue);
  Cell const next = head.next_due ? Cell(relative_text(*head.next_due, now), iso_text(*head.next_due)) : Cell("");
  return {{name},
          counts.paused ? Cell("paused", Colour::yellow) : Cell("open"),
          std::to_string(counts.of(kue::State::available)),
          std::to_string(counts.of(kue::State::running)),
          since(head.waiting_since, now),
          next};
}

int run(Call& call) {
  kue::Store& jobs = job_store(call);
  auto const now = kue::Clock::system().now();
  Listing list(call, "queues",
               {{"QUEUE"},
                {"STATE"},
                {"AVAILABLE", Align::right, "AVAIL"},
                {"RUNNING", Align::right},
                {"OLDEST WAITS", Align::right, "OLDEST"},
                {"NEXT DUE"}});
  for (kue::QueueCounts const& counts : jobs.counts()) {
    auto const head = jobs.head({.queue = counts.queue});
    list.item([&] { return row_of(counts, head, now); },
              [&](kue::Writer& writer) {
                writer.begin_object();
                write_counts(writer, counts);
                write_time(writer, "waiting_since", head.waiting_since);
                write_time(writer, "next_due", head.next_due);
                writer.end_object();
              });
  }
  list.member("store", jobs.description());
  list.note("\nin " + printable(jobs.description()));
  list.end("no queues: nothing was pushed yet");
  return kDone;
}

}  // namespace

Builtin queue_list_command() {
  return {Command("queue:list", "lists the queues: paused or open, what waits, and how long the oldest has waited")
              .details("A queue is known from its first job on. OLDEST WAITS is the latency: how long the job has been "
                       "due that has waited longest (the first of each priority is looked at). If it grows there are "
                       "too few workers, or none that serve this queue.\n\nExamples:\n  queue:list\n  queue:list "
                       "--jsonl | jq -r 'select(.available > 1000) | .queue'\n"),
          run, CommandKind::lists};
}

}  // namespace spark
