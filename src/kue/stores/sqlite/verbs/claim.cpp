#include "kue/stores/sqlite/tables/nodes.hpp"
#include "kue/stores/sqlite/verbs/finish.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <algorithm>
#include <queue>
#include <span>

namespace kue::sqlite {
namespace {

// Jobs that become due in one claim; with more than this at one moment the rest follows in the next claims.
constexpr int kMostMadeDue = 5000;

// One of several queues that are claimed as if they were one.
struct Source {
  std::string const* queue = nullptr;
  std::vector<Spot> spots;  // the first ones, in order
  bool all = false;         // there are no more
  std::size_t next = 0;     // in spots
  std::size_t taken = 0;    // from their beginning
  Spot const& head() const { return spots[next]; }
};

// Visits lanes in order and takes a prefix of each until it has enough; never skips inside a lane.
class Claimer {
 public:
  Claimer(Tables& tables, ClaimRequest const& request) : tables_(tables), request_(request) {}

  void claim(ClaimResult& result) {
    for (OpenQueue& queue : open_queues(tables_.db(), request_.queues)) {
      if (queue.has_tail) tables_.fold(queue.name);
      queues_.push_back(std::move(queue.name));
    }
    for (std::string const& queue : queues_) make_due(queue, result);
    auto not_emptied = queues_.begin();
    bool const together = request_.queues.names.empty() || request_.queues.order == QueueSelector::Order::together;
    if (together && queues_.size() > 1) {
      take_together(result);
    } else {
      while (not_emptied != queues_.end() && take_from(*not_emptied, result)) ++not_emptied;
    }
    result.more = more_due_ || std::any_of(not_emptied, queues_.end(), [&](std::string const& queue) {
                    return any_claimable(tables_.db(), queue);
                  });
  }

 private:
  void make_due(std::string const& queue, ClaimResult& result) {
    auto due = next_due(tables_.db(), queue);
    if (due && *due <= tables_.now()) {
      tables_.make_due(queue, due_jobs(tables_.db(), queue, tables_.now(), kMostMadeDue));
      due = next_due(tables_.db(), queue);
      if (due && *due <= tables_.now()) more_due_ = true;
    }
    if (due && (!result.next_due || *due < *result.next_due)) result.next_due = due;
  }

  int room(ClaimResult const& result) const { return request_.max - static_cast<int>(result.jobs.size()); }

  // False: enough, or the next one must come alone. True: nothing is left there.
  bool take_from(std::string const& queue, ClaimResult& result) {
    bool damaged = true;
    while (damaged && room(result) > 0) {  // damaged rows took places of good ones: look again
      std::optional<Spot> last;
      bool go_on = true;
      {
        Candidates candidates(tables_.db(), queue, room(result));
        while (go_on && candidates.next()) {
          Candidate candidate = candidates.read();
          if (take(candidate, result, go_on)) last = candidate.spot;
        }
        if (go_on && candidates.were_all())
          take_.fronts.push_back({queue, std::nullopt});
        else if (last)
          take_.fronts.push_back({queue, last});
      }
      damaged = write_taken(result);
      if (!go_on) return false;
    }
    return room(result) > 0;
  }

  void take_together(ClaimResult& result) {
    std::vector<Source> sources = read_sources();
    auto const later = [](Source const* one, Source const* other) { return other->head().before(one->head()); };
    std::priority_queue<Source*, std::vector<Source*>, decltype(later)> order(later);
    for (Source& source : sources) {
      if (!source.spots.empty()) order.push(&source);
    }
    for (bool go_on = true; go_on && !order.empty() && room(result) > 0;) {
      Source& source = *order.top();
      order.pop();
      take_head(source, result, go_on);
      if (room(result) > 0 && has_head(source)) order.push(&source);
    }
    for (Source const& source : sources) {
      if (source.all && source.taken == source.spots.size())
        take_.fronts.push_back({*source.queue, std::nullopt});
      else if (source.taken > 0)
        take_.fronts.push_back({*source.queue, source.spots[source.taken - 1]});
    }
    write_taken(result);
  }

  std::vector<Source> read_sources() {
    std::vector<Source> sources(queues_.size());
    std::size_t const share = static_cast<std::size_t>(std::max(request_.max, 0)) / queues_.size();
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      sources[i].queue = &queues_[i];
      read_spots(sources[i], 2 * share + 1);  // more only if one turns out to have more than its share
    }
    return sources;
  }

  void read_spots(Source& source, std::size_t most) {
    source.spots = first_spots(tables_.db(), *source.queue, most);
    source.all = source.spots.size() < most;
  }

  bool has_head(Source& source) {
    if (source.next == source.spots.size() && !source.all) read_spots(source, 2 * source.spots.size());
    return source.next < source.spots.size();
  }

  void take_head(Source& source, ClaimResult& result, bool& go_on) {
    auto candidate = candidate_at(tables_.db(), source.spots[source.next++]);
    if (candidate && take(*candidate, result, go_on)) source.taken = source.next;
  }

  // False: not taken, and the claim ends before it. go_on: whether another may follow.
  bool take(Candidate& candidate, ClaimResult& result, bool& go_on) {
    if (candidate.damaged) {
      take_.damaged.push_back(std::move(candidate));
      return true;
    }
    Claimed& job = candidate.claimed;
    bool const alone = job.tally.crashes > 0 || job.tally.node_losses > 0;
    if (alone && !result.jobs.empty()) return go_on = false;  // not skipped: the order holds, it opens the next claim
    go_on = !alone;
    job.claim.holder = request_.holder;
    ++job.claim.claim_no;
    job.claimed_at = tables_.now();
    take_.from.push_back(candidate.state);
    result.jobs.push_back(std::move(job));
    return true;
  }

  // True: there were damaged rows.
  bool write_taken(ClaimResult& result) {
    take_.jobs = std::span(result.jobs).last(take_.from.size());
    tables_.make_running(take_, request_);
    bool const damaged = !take_.damaged.empty();
    take_ = {};
    return damaged;
  }

  Tables& tables_;
  ClaimRequest const& request_;
  std::vector<std::string> queues_;
  Take take_;
  bool more_due_ = false;
};

}  // namespace

ClaimResult SqliteStore::claim(ClaimRequest const& request) {
  return write(Sync::none, [&](Tables& tables) {
    ClaimResult result;
    result.finishes = write_finishes(tables, Verb::finish, request.finishes);
    result.node = state_of_node(tables.db(), request.node);
    if (result.node == NodeState::alive) Claimer(tables, request).claim(result);
    if (!result.jobs.empty()) tables.ledger().hurry();
    return result;
  });
}

}  // namespace kue::sqlite
