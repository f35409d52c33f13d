#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/idle_jobs.hpp"
#include "spark/console/interrupt.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/queue_counts.hpp"
#include "spark/console/screen.hpp"
#include "spark/console/terminal.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <map>

namespace spark {
namespace {

using Columns = std::vector<Column>;

Columns columns() {
  return {{"QUEUE"},
          {"AVAILABLE", Align::right, "AVAIL"},
          {"RUNNING", Align::right, "RUN"},
          {"SCHEDULED", Align::right, "SCHED"},
          {"RETRYABLE", Align::right, "RETRY"},
          {"BLOCKED", Align::right, "BLOCK"},
          {"COMPLETED", Align::right, "DONE"},
          {"DISCARDED", Align::right, "DISC"},
          {"CANCELLED", Align::right, "CANC"}};
}

// The name is followed by (paused) for people only.
Row row_of(kue::QueueCounts const& counts) {
  std::string const name = printable(counts.queue);
  Row row{{name + (counts.paused ? " (paused)" : ""), name, counts.paused ? Colour::yellow : Colour::none}};
  for (kue::State const state : kCountedStates) {
    auto const number = counts.of(state);
    row.emplace_back(std::to_string(number), number > 0 ? colour_of(state) : Colour::dim);
  }
  return row;
}

int show_once(Call& call, kue::Store& jobs) {
  Listing list(call, "queues", columns());
  auto const all = jobs.counts();
  for (kue::QueueCounts const& counts : all) {
    list.item([&] { return row_of(counts); },
              [&](kue::Writer& writer) {
                writer.begin_object();
                write_counts(writer, counts);
                writer.end_object();
              });
  }
  list.member("store", jobs.description());
  list.note("\nin " + printable(jobs.description()));
  if (auto const idle = idle_jobs(jobs, all, call.console.program()); !idle.empty()) list.note(idle);
  list.end("no jobs");
  return kDone;
}

// ---- --watch

// What the counters say at one moment, and how fast jobs ended since the moment before.
struct Tick {
  kue::TimePoint at{};
  std::vector<kue::QueueCounts> queues;
  std::map<std::string, double> ended_per_second;
};

std::int64_t ended(kue::QueueCounts const& counts) {
  return counts.of(kue::State::completed) + counts.of(kue::State::discarded) + counts.of(kue::State::cancelled);
}

Tick look(kue::Store& jobs, Tick const* before) {
  Tick tick{.at = kue::Clock::system().now(), .queues = jobs.counts(), .ended_per_second = {}};
  if (before == nullptr || tick.at <= before->at) return tick;
  double const seconds = static_cast<double>((tick.at - before->at).count()) / 1000;
  for (kue::QueueCounts const& now : tick.queues) {
    for (kue::QueueCounts const& then : before->queues) {
      // Fewer than before: some were pruned or deleted meanwhile, and the difference says nothing.
      if (then.queue == now.queue && ended(now) >= ended(then))
        tick.ended_per_second[now.queue] = static_cast<double>(ended(now) - ended(then)) / seconds;
    }
  }
  return tick;
}

std::string rate_text(Tick const& tick, std::string const& name) {
  auto const found = tick.ended_per_second.find(name);
  return found == tick.ended_per_second.end() ? "" : fmt::format("{:.1f}", found->second);
}

std::string as_picture(Call const& call, Tick const& tick, std::string const& where, kue::Millis interval) {
  Columns all = columns();
  all.push_back({"ENDED/S", Align::right, "END/S"});
  Table table(std::move(all));
  for (kue::QueueCounts const& counts : tick.queues) {
    std::vector<Shown> row;
    for (Cell const& cell : row_of(counts)) row.emplace_back(cell.shown, cell.colour);
    row.emplace_back(rate_text(tick, counts.queue));
    table.row(std::move(row));
  }
  std::string const body = table.empty() ? "no jobs\n" : table.text(call.style);
  return body +
         call.style.paint(fmt::format("\n{}, every {}, in {}; Ctrl-C ends", utc_text(tick.at), span_text(interval),
                                      printable(where)),
                          Colour::dim) +
         "\n";
}

std::string as_json(Tick const& tick, std::string const& where) {
  kue::Writer writer;
  writer.begin_object();
  write_time(writer, "at", tick.at);
  writer.key("queues");
  writer.begin_array();
  for (kue::QueueCounts const& counts : tick.queues) {
    writer.begin_object();
    write_counts(writer, counts);
    writer.key("ended_per_second");
    auto const found = tick.ended_per_second.find(counts.queue);
    if (found == tick.ended_per_second.end())
      writer.null();
    else
      writer.number(found->second);
    writer.end_object();
  }
  writer.end_array();
  write_text(writer, "store", where);
  writer.end_object();
  return printable_json(writer.take());
}

// One line a queue, the time first: what a file or a pipe can use.
void write_rows(Call& call, Tick const& tick) {
  for (kue::QueueCounts const& counts : tick.queues) {
    std::string line = iso_text(tick.at);
    for (Cell const& cell : row_of(counts)) line += '\t' + cell.exact;
    call.out.line(line + '\t' + rate_text(tick, counts.queue));
  }
}

int watch(Call& call, kue::Store& jobs, kue::Millis interval) {
  if (call.json)
    throw WrongWords("--watch answers again and again, and --json is one document\nhint: --jsonl writes one a line");
  bool const in_place = call.style.form == Form::table && is_terminal(STDOUT_FILENO);
  Interrupt interrupt;
  Screen screen(call.out);
  std::string const where = jobs.description();
  Tick tick = look(jobs, nullptr);
  while (true) {
    if (in_place)
      screen.draw(as_picture(call, tick, where, interval));
    else if (call.style.form == Form::jsonl)
      call.out.line(as_json(tick, where));
    else
      write_rows(call, tick);
    call.out.flush();
    if (interrupt.within(interval)) return kDone;
    tick = look(jobs, &tick);
  }
}

int run(Call& call) {
  kue::Store& jobs = job_store(call);
  return call.args.flag("--watch") ? watch(call, jobs, call.args.duration("--interval")) : show_once(call, jobs);
}

}  // namespace

Builtin queue_stats_command() {
  return {
      Command("queue:stats", "counts the jobs of each queue by state, once or again and again")
          .flag("-w,--watch", "again and again, until Ctrl-C")
          .option("--interval TIME", kue::Millis(1000), "between two looks of --watch")
          .between(kue::Millis(50), kue::Millis(86'400'000))
          .details(
              "With --watch a terminal shows the table in place until Ctrl-C, with the jobs that ended a second; in a "
              "pipe each look is one line a queue, the time first, and with --jsonl one object a look.\n\nExamples:\n  "
              "queue:stats\n  queue:stats --watch --interval 500ms\n  queue:stats --json | jq '.queues[].available'\n"),
      run, CommandKind::lists};
}

}  // namespace spark
