#include "tests/model/commands.hpp"

#include "tests/model/words.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace model {
namespace {

using namespace kue;

std::array const kQueues{std::string("a"), std::string("b"), std::string("c")};
constexpr std::array<std::uint64_t, 3> kHolders{0xffff'0000'0000'0001, 2, 3};
constexpr std::array<std::uint64_t, 2> kNodes{0xeeee'0000'0000'0001, 2};

template <class List> auto const& pick(List const& list, std::uint32_t number) { return list[number % list.size()]; }

// Ids that count up, so that a failing run can be read and run again.
JobId id_number(std::uint32_t number) {
  std::array<std::uint8_t, 16> bytes{1, 0, 0, 0, 0, 0, 0x70, 0, 0x80};
  for (std::size_t i = 0; i < 4; ++i) bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return JobId(bytes);
}

// Both stores in turn; an error is an answer too.
template <class Call> World::Answers both(std::string call, Store& first, Store& second, Call&& answer) {
  auto const ask = [&](Store& store) -> std::string {
    try {
      return answer(store);
    } catch (Error const& error) {
      return "Error " + std::string(to_string(error.kind()));
    }
  };
  return {std::move(call), ask(first), ask(second)};
}

std::vector<std::string> some_queues(std::uint32_t number) {
  switch (number % 5) {
    case 0: return {"a"};
    case 1: return {"b", "a"};
    case 2: return {"c", "nowhere", "b", "c"};
    default: return {};
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Command const& command) {
  return out << fmt::format("{{{}, {}, {}, {}}}", command.verb, command.a, command.b, command.c);
}

World::Answers World::run(Command const& command, Store& first, Store& second) {
  std::vector const ids{any_id(command.a), any_id(command.b)};
  switch (command.verb % kVerbs) {
    case 0:
    case 1:
    case 2: return push(command, first, second);
    case 3:
    case 4:
    case 5:
    case 6: return claim(command, first, second);
    case 7:
    case 8:
    case 9: return write(Verb::finish, command, first, second);
    case 10:
    case 11: return write(Verb::release, command, first, second);
    case 12: return progress(command, first, second);
    case 13: return both("cancel", first, second, [&](Store& store) { return words(store.cancel({.ids = ids})); });
    case 14: return both("retry", first, second, [&](Store& store) { return words(store.retry({.ids = ids})); });
    case 15:
      return both("pause or resume", first, second, [&](Store& store) {
        if (command.a % 3 == 0)
          store.pause({.queue = pick(kQueues, command.b)});
        else
          store.resume({.queue = pick(kQueues, command.b)});
        return std::string();
      });
    case 16:
    case 17: return nodes(command, first, second);
    case 18:
    case 19: return prune(command, first, second);
    case 20: {
      std::vector<State> const only = command.c % 3
                                          ? std::vector<State>{}
                                          : std::vector{static_cast<State>(command.c % kStateCount), State::available};
      return both("remove", first, second,
                  [&](Store& store) { return words(store.remove({.ids = ids, .only = only})); });
    }
    case 21: return query(command, first, second);
    case 22: return events(first, second);
    default:
      clock_.advance(Millis(command.a % 4000));
      if (command.b % 4 == 0) clock_.advance(std::chrono::hours(1 + command.c % 30));
      return {"time passes", "", ""};
  }
}

World::Answers World::push(Command const& command, Store& first, Store& second) {
  std::vector<Envelope> jobs;
  for (std::uint32_t i = 0; i <= command.a % 4; ++i) {
    std::uint32_t const number = command.b + i * 7;
    bool const again = number % 9 == 0 && !pushed_.empty();
    Envelope job{.id = again ? any_id(number) : id_number(static_cast<std::uint32_t>(pushed_.size()) + 1),
                 .kind = number % 2 ? "Mail" : "shop::Thumbnail",
                 .queue = pick(kQueues, number),
                 .args = fmt::format("{{\"n\":{}}}", number),
                 .schema = 1 + number % 3,
                 .priority = static_cast<int>(number % 3) - 1,
                 .max_attempts = 1 + number % 5,
                 .timeout = Millis(number % 1000)};
    if (command.c % 3 == 0) job.run_at = clock_.now() + Millis(static_cast<int>(number % 5000) - 1000);
    if (number % 4 == 0) job.tags = {"t1", "t2"};
    if (number % 5 == 0) job.meta = {{"k", "v'\"\xc3\xa9"}};
    if (!again) pushed_.push_back(job.id);
    jobs.push_back(job);
  }
  return both(fmt::format("push {}", jobs.size()), first, second,
              [&](Store& store) { return words(store.push({.jobs = jobs})); });
}

World::Answers World::claim(Command const& command, Store& first, Store& second) {
  auto const queues = some_queues(command.b);
  std::vector<Finish> finishes;
  for (std::uint32_t i = 0; i < command.c % 3; ++i) finishes.push_back(finish(Verb::finish, command.a + i));
  auto const order = command.a % 2 ? QueueSelector::Order::together : QueueSelector::Order::preference;
  ClaimRequest const request{.node = command.c % 19 == 0 ? 77 : pick(kNodes, command.c),
                             .holder = pick(kHolders, command.a),
                             .queues = {queues, order},
                             .max = static_cast<int>(command.b % 6),
                             .finishes = finishes};
  return both(fmt::format("claim {} of {} queues{}, {} finishes", request.max, queues.size(),
                          command.a % 2 ? " together" : "", finishes.size()),
              first, second, [&](Store& store) {
                ClaimResult const result = store.claim(request);
                // Remembered once, from the first store: if the second gave others, the words differ and the run is
                // over.
                if (&store == &first) {
                  for (Claimed const& job : result.jobs) held_.push_back({job.claim, job.tally});
                }
                return words(result);
              });
}

World::Answers World::write(Verb verb, Command const& command, Store& first, Store& second) {
  std::vector<Finish> items;
  for (std::uint32_t i = 0; i <= command.b % 3; ++i) items.push_back(finish(verb, command.a + i * 11));
  return both(fmt::format("{} {}", to_string(verb), items.size()), first, second, [&](Store& store) {
    return words(verb == Verb::finish ? store.finish({.items = items}) : store.release({.items = items}));
  });
}

// Handed out, mostly lately, and passed back whole; now and then with one field wrong, or of a job that was never
// claimed.
// The number says which job it is: no claim has the number of one and the id of another.
Claim World::some_claim(std::uint32_t number, Tally& tally) const {
  if (held_.empty() || number % 16 == 0)
    return {.id = any_id(number),
            .seq = 1'000'000 + number % 50,
            .queue = pick(kQueues, number),
            .holder = pick(kHolders, number),
            .claim_no = 1};
  Held const& held = held_[held_.size() - 1 - number % std::min<std::size_t>(held_.size(), 6)];
  tally = held.tally;
  Claim claim = held.claim;
  switch (number % 37) {
    case 0: claim.holder = pick(kHolders, number / 37); break;
    case 1: claim.claim_no += 1; break;
    case 2: claim.claim_no -= 1; break;
    case 3: claim.seq += 100'000; break;
    case 4: claim.queue = pick(kQueues, number / 37); break;
    default: break;
  }
  return claim;
}

// Of a job that was handed out: mostly by its holder, mostly the latest; any row of the table for the verb.
Finish World::finish(Verb verb, std::uint32_t number) {
  std::vector<TransitionRule> rules;
  for (TransitionRule const& rule : transition_table()) {
    if (rule.verb == verb) rules.push_back(rule);
  }
  TransitionRule const& rule = pick(rules, number / 3);
  Tally tally{.max_attempts = 5};
  Finish item{.claim = some_claim(number, tally)};
  tally.attempt += number % 2;
  tally.crashes = number % 5 == 0 ? tally.crashes + 1 : tally.crashes;
  tally.node_losses = number % 13 == 0 ? tally.node_losses + 1 : tally.node_losses;
  tally.interruptions += number % 3;
  if (number % 11 == 0) tally.unknown_since = clock_.now();
  item.transition = {.to = *rule.to, .reason = rule.reason, .delay = Millis(0), .tally = tally};
  if (*rule.to == State::scheduled || *rule.to == State::retryable) item.transition.delay = Millis(number % 3000);
  if (number % 2) item.started_at = clock_.now() - Millis(number % 100);
  if (number % 3) {
    item.attempt =
        Attempt{.claim_no = item.claim.claim_no,
                .attempt = tally.attempt,
                .reason = rule.reason,
                .failure = {.type = "E", .message = fmt::format("message {}", number), .signal = int(number % 12)},
                .started_at = clock_.now(),
                .ended_at = clock_.now(),
                .node = pick(kNodes, number),
                .pid = 7,
                .record = number % 4 ? fmt::format("record {}", number) : std::string()};
  }
  if (*rule.to == State::completed && number % 4) item.result = fmt::format("{{\"r\":{}}}", number);
  return item;
}

World::Answers World::progress(Command const& command, Store& first, Store& second) {
  ProgressItem const item{.claim = finish(Verb::finish, command.a).claim,
                          .progress = {static_cast<int>(command.b % 101), fmt::format("note {}", command.c)}};
  return both("progress", first, second, [&](Store& store) {
    store.progress({.items = {&item, 1}});
    return std::string();
  });
}

World::Answers World::nodes(Command const& command, Store& first, Store& second) {
  std::uint64_t const node = pick(kNodes, command.b);
  std::uint32_t const way = command.a % 10;
  if (way == 0) {
    return both("rescue", first, second, [&](Store& store) {
      std::uint64_t seen = command.c % 4;  // mostly the right beat
      for (NodeInfo const& info : store.nodes()) seen = info.node == node && command.c % 4 ? info.beat : seen;
      return std::string(store.rescue({.node = node, .beat_seen = seen}).dead ? "dead" : "not dead");
    });
  }
  BeatRequest const beat{.node = node,
                         .name = "host",
                         .pid = static_cast<int>(command.c % 1000),
                         .boot_id = command.c % 3 ? "boot" : "",
                         .lock = {.path = command.c % 4 ? fmt::format("/run/kue/{}", command.c) : "",
                                  .device = command.a,
                                  .inode = command.b},
                         .leaving = way == 1};
  return both(beat.leaving ? "leave" : "beat", first, second, [&](Store& store) {
    BeatResult const result = store.beat(beat);
    std::uint64_t& epoch = &store == &first ? first_epoch_ : second_epoch_;
    bool const same = epoch == 0 || epoch == result.epoch;
    epoch = result.epoch;
    return fmt::format("{}{}", result.alive ? "alive" : "dead", same ? "" : ", another epoch");
  });
}

World::Answers World::prune(Command const& command, Store& first, Store& second) {
  auto const hours = [](std::uint32_t number, std::uint32_t most) { return std::chrono::hours(number % most); };
  std::int64_t const count = command.c % 4 ? 1000 : static_cast<std::int64_t>(command.a % 10);
  PruneRequest request{.retention = {.usual = {.completed = hours(command.a, 24),
                                               .discarded = hours(command.b, 48),
                                               .completed_count = count}},
                       .limit = 1 + static_cast<int>(command.b % 7),
                       .dry_run = command.c % 5 == 0};
  if (command.a % 3 == 0)
    request.retention.queues["b"] = {
        .completed = hours(command.b, 12), .discarded = hours(command.a, 12), .completed_count = 3};
  if (command.c % 7 == 0) request.queue = pick(kQueues, command.b);
  return both("prune", first, second, [&](Store& store) { return words(store.prune(request)); });
}

World::Answers World::query(Command const& command, Store& first, Store& second) {
  QueryRequest request{.newest_first = command.a % 2 == 0, .limit = 1 + static_cast<int>(command.b % 9)};
  Filter& filter = request.filter;
  if (command.a % 3 == 0)
    filter.states = {static_cast<State>(command.b % kStateCount), static_cast<State>(command.c % kStateCount)};
  if (command.a % 5 == 0) filter.error = fmt::format("message {}", command.b % 10);
  if (command.b % 3 == 0) filter.inserted_from = clock_.now() - Millis(command.c % 20'000);
  if (command.c % 3 == 0) filter.inserted_until = clock_.now() - Millis(command.b % 10'000);
  if (command.b % 4 == 0) filter.queue = pick(kQueues, command.c);
  return both("query", first, second, [&](Store& store) {
    QueryResult const page = store.query(request);
    std::string text = page.cursor + "\n";
    for (JobRecord const& record : page.jobs) text += words(record) + "\n";
    return text;
  });
}

// What came since the last look, by the cursor of that one: a store's own, and not compared.
World::Answers World::events(Store& first, Store& second) {
  return both("events", first, second, [&](Store& store) {
    std::string& cursor = &store == &first ? first_cursor_ : second_cursor_;
    EventsResult const page = store.events({.cursor = cursor, .limit = 25});
    cursor = page.cursor;
    std::string text;
    for (Event const& event : page.events) text += words(event) + "\n";
    return text;
  });
}

JobId World::any_id(std::uint32_t number) const {
  if (pushed_.empty() || number % 17 == 0) return id_number(1'000'000 + number % 3);  // never pushed
  return pushed_[pushed_.size() - 1 - number % std::min<std::size_t>(pushed_.size(), 20)];
}

}  // namespace model
