#include "spark/console/change.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/queue_counts.hpp"
#include "spark/console/queue_names.hpp"
#include "spark/console/times.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace spark {
namespace {

constexpr std::size_t kSample = 1000;  // newest jobs that are looked at for their kinds

struct Node {
  std::string name;
  int pid = 0;
  std::int64_t running = 0;  // jobs of this queue
};

// What is known of one queue, each of it from counters, indexes or a bounded look.
struct Sheet {
  kue::QueueCounts counts;
  kue::HeadResult head;
  std::vector<std::pair<std::string, std::int64_t>>
      kinds;  // of the newest jobs that have not ended, the most frequent first
  std::size_t sampled = 0;
  std::vector<Node> nodes;  // that run a job of this queue
  std::size_t workers = 0;  // alive, whatever they serve
};

void look_at_kinds(kue::Store& jobs, Sheet& sheet) {
  using enum kue::State;
  kue::Filter filter{.states = {available, running, scheduled, retryable, blocked}, .queue = sheet.counts.queue};
  auto const live = [&](kue::State state) { return sheet.counts.of(state) > 0; };
  if (std::none_of(filter.states.begin(), filter.states.end(), live)) return;
  std::map<std::string, std::int64_t> kinds;
  // Pages, so that at most a hundred arguments are in memory at once.
  kue::QueryRequest request{.filter = std::move(filter), .limit = 100};
  do {
    auto const page = jobs.query(request);
    for (kue::JobRecord const& record : page.jobs) ++kinds[record.job.kind];
    sheet.sampled += page.jobs.size();
    request.cursor = page.cursor;
  } while (!request.cursor.empty() && sheet.sampled < kSample);
  sheet.kinds.assign(kinds.begin(), kinds.end());
  std::stable_sort(sheet.kinds.begin(), sheet.kinds.end(),
                   [](auto const& a, auto const& b) { return a.second > b.second; });
}

void look_at_workers(kue::Store& jobs, Sheet& sheet) {
  std::map<std::uint64_t, std::int64_t> running;
  for (kue::RunningJob const& job : jobs.running({})) {
    if (job.claim.queue == sheet.counts.queue) ++running[job.node];
  }
  bool const one_host = jobs.capabilities().one_host;
  for (kue::NodeInfo const& node : jobs.nodes()) {
    if (!kue::worker::is_alive(node, one_host)) continue;
    ++sheet.workers;
    if (auto const found = running.find(node.node); found != running.end())
      sheet.nodes.push_back({node.name, node.pid, found->second});
  }
}

std::string as_text(Call const& call, Sheet const& sheet, kue::TimePoint now) {
  std::string text;
  auto const row = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{:<14}{}\n", name, value);
  };
  row("queue", printable(sheet.counts.queue));
  row("state", sheet.counts.paused ? call.style.paint("paused", Colour::yellow) : std::string("open"));
  for (kue::State const state : kCountedStates) {
    auto const number = sheet.counts.of(state);
    row(kue::to_string(state), call.style.paint(grouped(number), number > 0 ? colour_of(state) : Colour::dim));
  }
  if (auto const since = sheet.head.waiting_since)
    row("oldest waits",
        fmt::format("{}, since {}", span_text(std::max(now - *since, kue::Millis(0))), utc_text(*since)));
  if (auto const due = sheet.head.next_due)
    row("next due", fmt::format("{}, {}", relative_text(*due, now), utc_text(*due)));
  row("workers", fmt::format("{} alive", sheet.workers));
  for (Node const& node : sheet.nodes)
    row("  runs here", fmt::format("{} pid {}: {}", printable(node.name), node.pid, counted(node.running, "job")));
  for (auto const& [kind, number] : sheet.kinds)
    row("  kind", fmt::format("{:>7}  {}", grouped(number), printable(kind)));
  if (sheet.sampled >= kSample)
    text += fmt::format("  (kinds of the newest {} jobs)\n", grouped(static_cast<std::int64_t>(sheet.sampled)));
  return text;
}

std::string as_json(Sheet const& sheet) {
  kue::Writer writer;
  writer.begin_object();
  write_counts(writer, sheet.counts);
  write_time(writer, "waiting_since", sheet.head.waiting_since);
  write_time(writer, "next_due", sheet.head.next_due);
  write_number(writer, "workers_alive", static_cast<std::int64_t>(sheet.workers));
  writer.key("running_on");
  writer.begin_array();
  for (Node const& node : sheet.nodes) {
    writer.begin_object();
    write_text(writer, "name", node.name);
    write_number(writer, "pid", node.pid);
    write_number(writer, "running", node.running);
    writer.end_object();
  }
  writer.end_array();
  writer.key("kinds");
  writer.begin_object();
  for (auto const& [kind, number] : sheet.kinds) {
    write_number(writer, as_utf8(kind), number);
  }
  writer.end_object();
  write_number(writer, "kinds_of", static_cast<std::int64_t>(sheet.sampled));
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  std::string const name = call.args.text("NAME");
  kue::Store& jobs = job_store(call);
  Sheet sheet{.counts = known_queue(jobs, name), .head = jobs.head({.queue = name})};
  look_at_kinds(jobs, sheet);
  look_at_workers(jobs, sheet);
  if (call.json)
    call.out.line(as_json(sheet));
  else
    call.out.text(as_text(call, sheet, kue::Clock::system().now()));
  return kDone;
}

}  // namespace

Builtin queue_show_command() {
  return {Command("queue:show", "shows one queue: counts, what waits longest, what is due next, who runs its jobs, and "
                                "of which classes they are")
              .argument("NAME", "the queue")
              .details("Exit code 3 if there is no such queue.\n\nExample:\n  queue:show mail\n"),
          run};
}

}  // namespace spark
