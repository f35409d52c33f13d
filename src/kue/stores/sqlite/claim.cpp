#include "kue/stores/sqlite/consecutive.hpp"
#include "kue/stores/sqlite/finish.hpp"
#include "kue/stores/sqlite/rows.hpp"
#include "kue/stores/sqlite/store.hpp"
#include "kue/stores/sqlite/stretches.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <queue>
#include <tuple>

namespace kue::sqlite {
namespace {

// Jobs that become due in one claim; with more than this at one moment the rest follows in the next claims.
constexpr int kMostMadeDue = 5000;

// A claimable job's place in the order of its queue, and the stretch in which it was found.
struct Spot {
  std::int64_t priority = 0, seq = 0;
  Stretch stretch;
  bool before(Spot const& other) const { return std::tie(priority, seq) < std::tie(other.priority, other.seq); }
};

struct Taken {
  Spot spot;
  State state = State::available;
  std::string queue;
  JobId id;
  std::uint32_t claim_no = 0;
  bool damaged = false;
  std::int64_t seq() const { return spot.seq; }
};

// One of several queues that are claimed as if they were one.
struct Source {
  std::string const* queue = nullptr;
  std::vector<Spot> spots;  // the first ones, in order
  bool all = false;         // there are no more
  std::size_t next = 0;     // in spots
  std::size_t taken = 0;    // from their beginning
  Spot const& head() const { return spots[next]; }
};

class Claimer {
 public:
  Claimer(Transaction& transaction, ClaimRequest const& request) : tx_(transaction), request_(request) {}

  void claim(ClaimResult& result) {
    find_queues();
    for (std::string const& queue : queues_) make_due(queue, result);
    auto not_emptied = queues_.begin();
    if (request_.queues.empty() && queues_.size() > 1) {
      take_merged(result);
    } else {
      while (not_emptied != queues_.end() && take_from(*not_emptied, result)) ++not_emptied;
    }
    result.more = more_due_ || std::any_of(not_emptied, queues_.end(), [&](std::string const& queue) { return tx_.db().use(Sql::claim_left, queue).step(); });
  }

 private:
  void find_queues() {
    if (request_.queues.empty()) {
      for (auto row = tx_.db().use(Sql::claim_all_queues); row.step();) queues_.emplace_back(row.text(0));
      return;
    }
    for (std::string const& queue : request_.queues) {
      if (std::find(queues_.begin(), queues_.end(), queue) != queues_.end()) continue;
      auto row = tx_.db().use(Sql::claim_queue_paused, queue);
      if (row.step() && row.integer(0) == 0) queues_.push_back(queue);
    }
  }

  std::optional<TimePoint> next_due(std::string const& queue) {
    auto row = tx_.db().use(Sql::claim_next_due, queue);
    if (!row.step()) return std::nullopt;
    return row.time(0);
  }

  void make_due(std::string const& queue, ClaimResult& result) {
    auto due = next_due(queue);
    if (due && *due <= tx_.now()) {
      make_claimable(due_jobs(queue));
      due = next_due(queue);
      if (due && *due <= tx_.now()) more_due_ = true;
    }
    if (due && (!result.next_due || *due < *result.next_due)) result.next_due = due;
  }

  std::vector<std::int64_t> due_jobs(std::string const& queue) {
    std::vector<std::int64_t> seqs;
    for (auto row = tx_.db().use(Sql::claim_due, queue, tx_.now(), kMostMadeDue); row.step();) seqs.push_back(row.integer(0));
    return seqs;
  }

  // In the order of their numbers, so that each may make the stretch of the one before longer.
  void make_claimable(std::vector<std::int64_t> seqs) {
    std::ranges::sort(seqs);
    auto const rows = batch_of(seqs, [](std::int64_t seq, int, BatchTable::Value& out) { out.set(seq); });
    tx_.db().execute_for(rows, Sql::claim_make_due);
    for (std::int64_t const seq : seqs) tx_.db().execute(Sql::ready_return, seq, kMostSkipped);
  }

  int room(ClaimResult const& result) const { return request_.max - static_cast<int>(result.jobs.size()); }

  // False: enough, or the next one must come alone. True: nothing is left there.
  bool take_from(std::string const& queue, ClaimResult& result) {
    bool damaged = true;
    while (damaged && room(result) > 0) {  // damaged rows took places of good ones: look again
      bool go_on = true, any_left = true;
      {
        int const most = room(result);
        int found = 0;
        auto row = tx_.db().use(Sql::claim_candidates, queue, most);
        // Rows are changed only after the last was read: a change would move the table under the reader.
        for (; go_on && (any_left = row.step()); ++found) {
          Spot const spot{row.integer(21), row.integer(0), {row.integer(22), row.integer(23)}};
          go_on = read_candidate(row, spot, result);
        }
        any_left = any_left || found == most;  // as far as is known
      }
      if (!any_left)
        took_all(queue);
      else if (!taken_.empty())
        took(queue, taken_.back().spot);
      damaged = write_taken();
      if (!go_on) return false;
    }
    return room(result) > 0;
  }

  // All queues as if they were one: by priority, then arrival.
  void take_merged(ClaimResult& result) {
    std::vector<Source> sources = read_sources();
    auto const later = [](Source const* one, Source const* other) { return other->head().before(one->head()); };
    std::priority_queue<Source*, std::vector<Source*>, decltype(later)> order(later);
    for (Source& source : sources) {
      if (!source.spots.empty()) order.push(&source);
    }
    for (bool go_on = true; go_on && !order.empty() && room(result) > 0;) {
      Source& source = *order.top();
      order.pop();
      go_on = take_head(source, result);
      if (room(result) > 0 && has_head(source)) order.push(&source);
    }
    for (Source const& source : sources) {
      if (source.all && source.taken == source.spots.size())
        took_all(*source.queue);
      else if (source.taken > 0)
        took(*source.queue, source.spots[source.taken - 1]);
    }
    write_taken();
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
    source.spots.clear();
    for (auto row = tx_.db().use(Sql::claim_heads, *source.queue, most); row.step();)
      source.spots.push_back({row.integer(0), row.integer(1), {row.integer(2), row.integer(3)}});
    source.all = source.spots.size() < most;
  }

  bool has_head(Source& source) {
    if (source.next == source.spots.size() && !source.all) read_spots(source, 2 * source.spots.size());
    return source.next < source.spots.size();
  }

  // False: stop here.
  bool take_head(Source& source, ClaimResult& result) {
    Spot const spot = source.spots[source.next++];
    auto row = tx_.db().use(Sql::claim_candidate, spot.seq);
    if (!row.step()) return true;
    std::size_t const before = taken_.size();
    bool const go_on = read_candidate(row, spot, result);
    if (taken_.size() > before) source.taken = source.next;
    return go_on;
  }

  // All that was claimable in a queue up to this one is about to be claimed or put aside. Empty stretches that stood before it go, too: each claim
  // would walk along them.
  void took(std::string_view queue, Spot const& last) {
    if (last.seq < last.stretch.last) tx_.db().execute(Sql::ready_cut, queue, last.priority, last.stretch.first, last.seq + 1);
    tx_.db().execute(Sql::ready_drop, queue, last.priority, last.seq);
  }
  void took_all(std::string_view queue) { tx_.db().execute(Sql::ready_clear, queue); }

  // False: stop here.
  bool read_candidate(Use const& row, Spot const& spot, ClaimResult& result) {
    Taken taken{
        .spot = spot, .state = static_cast<State>(row.integer(1)), .queue = std::string(row.text(2)), .id = row.id(10), .damaged = !is_envelope(row, 10)};
    if (taken.damaged) {
      taken.claim_no = row.small(9);
      taken_.push_back(std::move(taken));
      return true;
    }
    bool const alone = row.integer(5) > 0 || row.integer(6) > 0;
    if (alone && !result.jobs.empty()) return false;  // not skipped: the order holds, it opens the next claim
    taken.claim_no = row.small(9) + 1;
    Claimed& job = result.jobs.emplace_back();
    job.job = read_envelope(row, 10);
    job.seq = spot.seq;
    job.claim_no = taken.claim_no;
    job.tally = read_tally(row, 3);
    job.claimed_at = tx_.now();
    taken_.push_back(std::move(taken));
    return !alone;
  }

  // True: there were damaged rows.
  bool write_taken() {
    auto const good = std::stable_partition(taken_.begin(), taken_.end(), [](Taken const& each) { return !each.damaged; });
    take(std::span(taken_.begin(), good));
    std::for_each(good, taken_.end(), [this](Taken const& each) { put_aside(each); });
    bool const damaged = good != taken_.end();
    taken_.clear();
    return damaged;
  }

  void take(std::span<Taken const> taken) {
    if (taken.empty()) return;
    if (consecutive(taken, &Taken::seq)) {
      tx_.db().execute(Sql::claim_take_range, request_.holder, request_.node, tx_.now(), taken.front().seq(), taken.back().seq());
    } else {
      auto const rows = batch_of(taken, [](Taken const& each, int, BatchTable::Value& out) { out.set(each.seq()); });
      tx_.db().execute_for(rows, Sql::claim_take, request_.holder, request_.node, tx_.now());
    }
    StretchesOf<std::uint64_t> held;
    for (Taken const& each : taken) {
      held.add(request_.holder, each.seq());
      changed(each, State::running, Reason::claimed);
    }
    held.each([&](std::uint64_t holder, Stretch const& stretch) { tx_.db().execute(Sql::held_add, holder, stretch.first, stretch.last); });
  }

  void put_aside(Taken const& taken) {
    tx_.db().execute(Sql::claim_put_aside, taken.seq(), tx_.now(), taken.queue);
    tx_.db().execute(Sql::ended_add, taken.queue, 1, tx_.now(), taken.seq(), taken.seq());
    tx_.db().execute(Sql::unfinished_delete, taken.seq());
    changed(taken, State::discarded, Reason::corrupt);
  }

  void changed(Taken const& taken, State to, Reason reason) {
    tx_.changed({.id = taken.id,
                 .queue = taken.queue,
                 .verb = Verb::claim,
                 .from = taken.state,
                 .to = to,
                 .reason = reason,
                 .claim_no = taken.claim_no,
                 .holder = request_.holder,
                 .node = request_.node});
  }

  Transaction& tx_;
  ClaimRequest const& request_;
  std::vector<std::string> queues_;  // not paused, no repetitions
  std::vector<Taken> taken_;
  bool more_due_ = false;
};

bool alive(Connection& db, std::uint64_t node) {
  auto row = db.use(Sql::node_state, node);
  return row.step() && row.integer(0) == 0;
}

}  // namespace

ClaimResult SqliteStore::claim(ClaimRequest const& request) {
  if (request.holder == 0) {
    throw Error(ErrorKind::invalid, "sqlite: claim without a holder: 0 means nobody. Use kue::random_bits().");
  }
  refuse_unknown_transitions(Verb::finish, request.finishes);
  return write(Sync::normal, "claim from", [&](Transaction& tx) {
    ClaimResult result;
    result.finishes = write_finishes(tx, Verb::finish, request.finishes);  // also of a dead node: the fence alone decides about them
    result.node_dead = !alive(tx.db(), request.node);
    if (!result.node_dead) Claimer(tx, request).claim(result);
    return result;
  });
}

}  // namespace kue::sqlite
