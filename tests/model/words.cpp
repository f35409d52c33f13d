#include "tests/model/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace model {
namespace {

using namespace kue;
using model::words;  // those of the header stand beside these

std::string words(TimePoint at) { return std::to_string(at.time_since_epoch().count()); }
std::string words(std::optional<TimePoint> at) { return at ? words(*at) : "-"; }
std::string words(std::optional<State> state) { return state ? std::string(to_string(*state)) : "none"; }

std::string words(Tally const& t) {
  return fmt::format("[{}/{} crashes {} losses {} interruptions {} unknown {}]", t.attempt, t.max_attempts, t.crashes,
                     t.node_losses, t.interruptions, words(t.unknown_since));
}

std::string words(Claim const& c) {
  return fmt::format("{} seq {} in {} lane {} holder {} claim {}", c.id.str(), c.seq, c.queue, c.lane, c.holder,
                     c.claim_no);
}

std::string words(Envelope const& e) {
  std::string text = fmt::format("{} {} {} {} v{} at {} p{} max {} timeout {}", e.id.str(), e.kind, e.queue, e.args,
                                 e.schema, words(e.run_at), e.priority, e.max_attempts, e.timeout.count());
  for (std::string const& tag : e.tags) text += " #" + tag;
  for (auto const& [key, value] : e.meta) text += fmt::format(" {}={}", key, value);
  return text;
}

std::string words(Attempt const& a) {
  return fmt::format("claim {} attempt {} {} {}:{} {} signal {} {}..{} node {} pid {}", a.claim_no, a.attempt,
                     to_string(a.reason), a.failure.type, a.failure.message, a.record, a.failure.signal,
                     words(a.started_at), words(a.ended_at), a.node, a.pid);
}

template <class Status> std::string statuses(std::vector<Status> const& all) {
  std::string text;
  for (Status const status : all) text += std::to_string(static_cast<int>(status)) + " ";
  return text;
}

bool names_a_holder(Event const& event) {
  return event.verb == Verb::claim || event.verb == Verb::finish || event.verb == Verb::release;
}

void add_jobs(Store& store, std::string& text) {
  for (bool const newest_first : {true, false}) {
    QueryRequest request{.newest_first = newest_first, .limit = newest_first ? 7 : 1000};
    text += newest_first ? "newest first\n" : "oldest first\n";
    for (int pages = 0; pages < 1000; ++pages) {
      QueryResult const page = store.query(request);
      for (JobRecord const& record : page.jobs) {
        text += words(record) + "\n";
        if (!newest_first) continue;
        for (Attempt const& attempt : store.get(record.job.id).value_or(JobRecord()).errors)
          text += "  " + words(attempt) + "\n";
      }
      if (page.cursor.empty()) break;
      request.cursor = page.cursor;
    }
  }
}

void add_counts(Store& store, std::string& text) {
  for (QueueCounts const& counts : store.counts()) {
    bool const empty = counts.by_state == decltype(QueueCounts::by_state){};
    if (empty && !counts.paused) continue;  // a store may forget such a queue, or not
    text += fmt::format("queue {}{}", counts.queue, counts.paused ? " paused" : "");
    for (std::int64_t const count : counts.by_state) text += fmt::format(" {}", count);
    text += fmt::format(" next due {}\n", words(store.head({.queue = counts.queue}).next_due));
  }
}

void add_nodes(Store& store, std::string& text) {
  std::vector<std::string> lines;
  for (RunningJob const& r : store.running({})) {
    lines.push_back(fmt::format("running {} {} node {} {} since {} cancel asked {}\n", words(r.claim), r.kind, r.node,
                                words(r.tally), words(r.claimed_at), words(r.cancel_asked_at)));
  }
  for (NodeInfo const& n : store.nodes()) {
    if (n.dead && n.running == 0) continue;  // a store may forget it, or not
    lines.push_back(fmt::format("node {} {} {} beat {}{} boot {} lock {} {} {} holds {}\n", n.node, n.name, n.pid,
                                n.beat, n.dead ? " dead" : "", n.boot_id, n.lock.path, n.lock.device, n.lock.inode,
                                n.running));
  }
  std::sort(lines.begin(), lines.end());
  for (std::string const& line : lines) text += line;
}

}  // namespace

std::string words(PushResult const& result) { return statuses(result.statuses); }
std::string words(FinishResult const& result) { return statuses(result.statuses); }
std::string words(CancelResult const& result) { return statuses(result.statuses); }
std::string words(RetryResult const& result) { return statuses(result.statuses); }
std::string words(PruneResult const& result) {
  std::string text = fmt::format("{}{}", result.pruned, result.more ? " more" : "");
  for (auto const& [queue, pruned] : result.by_queue) text += fmt::format(" {}={}", queue, pruned);
  return text;
}
std::string words(RemoveResult const& result) { return statuses(result.statuses); }

std::string words(ClaimResult const& result) {
  std::string text = fmt::format("{}finishes {}{}next due {}\n",
                                 result.node == NodeState::alive  ? ""
                                 : result.node == NodeState::dead ? "dead "
                                                                  : "unknown ",
                                 statuses(result.finishes), result.more ? "more " : "", words(result.next_due));
  for (Claimed const& c : result.jobs) {
    text += fmt::format("{} claim {} {} at {}\n", words(c.job), words(c.claim), words(c.tally), words(c.claimed_at));
  }
  return text;
}

std::string words(JobRecord const& r) {
  return fmt::format(
      "{} seq {} {} run_at {} {} claim {} holder {} node {} in {} claimed {} started {} finished {} cancel asked "
      "{} result {} progress {}",
      words(r.job), r.seq, to_string(r.state), words(r.run_at), words(r.tally), r.claim_no, r.holder, r.node,
      words(r.inserted_at), words(r.claimed_at), words(r.attempted_at), words(r.finished_at), words(r.cancel_asked_at),
      r.result, r.progress ? fmt::format("{} {}", r.progress->percent, r.progress->note) : "-");
}

std::string words(Event const& e) {
  std::string text = fmt::format("{} {} {} -> {} {} at {}{}", e.id.str(), to_string(e.verb), words(e.from), words(e.to),
                                 to_string(e.reason), words(e.at), e.stale ? " stale" : "");
  if (names_a_holder(e)) text += fmt::format(" holder {}", e.holder);
  if (names_a_holder(e) && !e.stale) text += fmt::format(" node {} claim {}", e.node, e.claim_no);
  return text;
}

std::string everything(Store& store) {
  std::string text;
  add_jobs(store, text);
  add_counts(store, text);
  add_nodes(store, text);
  for (Event const& event : store.events({.limit = 1'000'000}).events) text += words(event) + "\n";
  for (std::string const& problem : store.check().problems) text += "check: " + problem + "\n";
  return text;
}

}  // namespace model
