#include "spark/console/job_store.hpp"

#include "spark/application/settings.hpp"
#include "spark/console/change.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/progress.hpp"
#include "spark/console/queue_names.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

std::int64_t finished(kue::QueueCounts const& counts) {
  return counts.of(kue::State::completed) + counts.of(kue::State::cancelled);
}

std::string rule(kue::Keep const& keep) {
  return fmt::format("completed {}, at most {}; discarded {}", show_keep(keep, "completed"),
                     grouped(keep.completed_count), show_keep(keep, "discarded"));
}

kue::PruneResult prune_all(Call& call, kue::Store& jobs, kue::PruneRequest request) {
  request.dry_run = true;
  kue::PruneResult const expected = jobs.prune(request);
  Progress progress(call, "pruning", expected.pruned);
  kue::PruneResult all;
  request.dry_run = false;
  for (bool more = true; more;) {
    kue::PruneResult const some = jobs.prune(request);
    all.pruned += some.pruned;
    for (auto const& [queue, number] : some.by_queue) all.by_queue[queue] += number;
    more = some.more;
    progress.at(all.pruned);
  }
  return all;
}

void write_row(kue::Writer& writer, kue::QueueCounts const& counts, std::int64_t pruned, kue::Keep const& keep) {
  writer.begin_object();
  write_text(writer, "queue", counts.queue);
  write_number(writer, "pruned", pruned);
  write_number(writer, "kept_completed", finished(counts));
  write_number(writer, "kept_discarded", counts.of(kue::State::discarded));
  write_number(writer, "keep_completed_count", keep.completed_count);
  for (auto const* key : {"completed", "discarded"}) {
    write_text(writer, "keep_" + std::string(key), show_keep(keep, key));
  }
  writer.end_object();
}

int run(Call& call) {
  auto const queue = call.args.optional_text("--queue");
  bool const dry_run = call.args.flag("--dry-run");
  kue::Store& jobs = job_store(call);
  if (queue) (void)known_queue(jobs, *queue);
  kue::PruneRequest const request{
      .retention = call.app.config().retention, .queue = queue.value_or(""), .dry_run = dry_run};
  kue::PruneResult const result = dry_run ? jobs.prune(request) : prune_all(call, jobs, request);

  Listing list(call, "queues",
               {{"QUEUE"},
                {dry_run ? "WOULD GO" : "PRUNED", Align::right},
                {"KEPT", Align::right},
                {"DISCARDED KEPT", Align::right, "DISC KEPT"},
                {"RULE"}});
  for (kue::QueueCounts counts : jobs.counts()) {
    if (queue && counts.queue != *queue) continue;
    auto const found = result.by_queue.find(counts.queue);
    std::int64_t const pruned = found == result.by_queue.end() ? 0 : found->second;
    kue::Keep const& keep = request.retention.of(counts.queue);
    list.item(
        [&] {
          return Row{printable(counts.queue),
                     {grouped(pruned), std::to_string(pruned)},
                     {grouped(finished(counts)), std::to_string(finished(counts))},
                     {grouped(counts.of(kue::State::discarded)), std::to_string(counts.of(kue::State::discarded))},
                     rule(keep)};
        },
        [&](kue::Writer& writer) { write_row(writer, counts, pruned, keep); });
  }
  list.note(dry_run ? fmt::format("\n{} would go; KEPT counts them still", counted(result.pruned, "job"))
                    : fmt::format("\n{} pruned", counted(result.pruned, "job")));
  list.end("no jobs");
  return kDone;
}

}  // namespace

Builtin store_prune_command() {
  return {
      Command("store:prune", "removes final jobs that have been kept long enough")
          .option("--queue NAME", "only this queue")
          .flag("--dry-run", "count what would go, and remove nothing")
          .details("How long is said by [retention] of the configuration, for all queues and for single ones. A worker "
                   "does the same by itself; this is for stores without one, and for a rule that was changed. Others "
                   "push and work meanwhile.\n\nExamples:\n  store:prune --dry-run\n  store:prune --queue mail\n"),
      run, CommandKind::lists};
}

}  // namespace spark
