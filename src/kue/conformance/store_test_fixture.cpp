// StoreTest. Not store_test.cpp: *_test.cpp files of a room are its own tests.

#include "kue/conformance/store_test.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <map>

namespace kue::testing {

using namespace std::chrono_literals;

void StoreTest::SetUp() {
  store = open(options());
  ASSERT_TRUE(store) << "the factory opened nothing";
  ASSERT_TRUE(store->beat({.node = kNode, .name = "here", .pid = 1}).alive);
}

void StoreTest::TearDown() {
  if (store) expect_books_agree();
}

// A stranger's store makes no checks of its own: they are the guard's.
std::shared_ptr<Store> StoreTest::open(StoreOptions const& options) {
  std::shared_ptr<Store> const opened = guarded(factory.open(options), options);
  if (opened && options.migrate) opened->migrate();
  return opened;
}

std::shared_ptr<Store> StoreTest::another_handle() {
  auto const opened = guarded(factory.reopen(options()), options());
  opened->migrate();
  return opened;
}

Envelope StoreTest::job(std::string queue, int priority) const {
  return {.id = JobId::make(), .kind = "Job", .queue = std::move(queue), .priority = priority};
}

Envelope StoreTest::job_at(TimePoint run_at, std::string queue) const {
  Envelope envelope = job(std::move(queue));
  envelope.run_at = run_at;
  return envelope;
}

JobId StoreTest::push(Envelope const& envelope) {
  auto const result = store->push({.jobs = {&envelope, 1}});
  EXPECT_EQ(result.statuses, std::vector{PushStatus::pushed});
  return envelope.id;
}

std::vector<JobId> StoreTest::push_many(int count, std::string const& queue) {
  std::vector<Envelope> jobs;
  std::vector<JobId> ids;
  for (int i = 0; i < count; ++i) ids.push_back(jobs.emplace_back(job(queue)).id);
  auto const result = store->push({.jobs = jobs});
  EXPECT_EQ(result.statuses, std::vector(jobs.size(), PushStatus::pushed));
  return ids;
}

ClaimResult StoreTest::claim(int max, std::vector<std::string> const& queues, std::uint64_t holder,
                             std::uint64_t node) {
  ClaimResult result = store->claim({.node = node, .holder = holder, .queues = {queues}, .max = max});
  for (Claimed const& job : result.jobs) seen_.push_back(job.claim);
  return result;
}

std::vector<JobId> StoreTest::claim_ids(int max, std::vector<std::string> const& queues) {
  return ids_of(claim(max, queues).jobs);
}

JobId StoreTest::running_job() {
  JobId const id = push(job());
  EXPECT_EQ(claim_ids(), std::vector{id});
  return id;
}

Claim StoreTest::claim_of(JobId id, std::uint64_t holder) {
  auto const of = [&](bool of_holder) {
    return std::find_if(seen_.rbegin(), seen_.rend(),
                        [&](Claim const& claim) { return claim.id == id && (!of_holder || claim.holder == holder); });
  };
  auto found = of(true);
  if (found == seen_.rend()) found = of(false);
  Claim claim{.id = id, .queue = "default", .claim_no = 1};
  if (found != seen_.rend()) {
    claim = *found;
  } else if (auto const record = store->get(id)) {
    claim = {.id = id, .seq = record->seq, .queue = record->job.queue, .claim_no = record->claim_no};
  }
  claim.holder = holder;
  return claim;
}

Finish StoreTest::to(JobId id, State state, Reason reason, Millis delay, std::uint64_t holder) {
  auto const record = store->get(id);
  Tally const tally = record ? record->tally : Tally();
  return {.claim = claim_of(id, holder), .transition = {.to = state, .reason = reason, .delay = delay, .tally = tally}};
}

FinishStatus StoreTest::finish(Finish const& item) {
  auto const result = store->finish({.items = {&item, 1}});
  EXPECT_EQ(result.statuses.size(), 1u);
  return result.statuses.empty() ? FinishStatus::stale : result.statuses.front();
}

FinishStatus StoreTest::release(Finish const& item) {
  auto const result = store->release({.items = {&item, 1}});
  EXPECT_EQ(result.statuses.size(), 1u);
  return result.statuses.empty() ? FinishStatus::stale : result.statuses.front();
}

FinishStatus StoreTest::complete(JobId id, std::uint64_t holder) {
  Finish item = to(id, State::completed, Reason::completed, 0ms, holder);
  item.transition.tally.attempt += 1;
  return finish(item);
}

FinishStatus StoreTest::fail(JobId id, Millis delay, std::uint64_t holder) {
  Finish item = to(id, State::retryable, Reason::error, delay, holder);
  item.transition.tally.attempt += 1;
  return finish(item);
}

FinishStatus StoreTest::give_back(JobId id, std::uint64_t holder) {
  return release(to(id, State::available, Reason::returned, 0ms, holder));
}

FinishStatus StoreTest::discard(JobId id, std::uint64_t holder) {
  return finish(to(id, State::discarded, Reason::gave_up, 0ms, holder));
}

FinishStatus StoreTest::crash(JobId id, std::uint64_t holder) {
  Finish item = to(id, State::available, Reason::crashed, 0ms, holder);
  item.transition.tally.crashes += 1;
  return release(item);
}

JobId StoreTest::in_state(State state, Envelope const& envelope) {
  Envelope wanted = envelope;
  bool const claimed =
      state == State::running || state == State::retryable || state == State::completed || state == State::discarded;
  if (claimed) wanted.priority = limits::kMinPriority;  // so that the claim below takes this job and no other
  if (state == State::scheduled) wanted.run_at = clock.now() + 1h;
  JobId const id = push(wanted);
  if (claimed) {
    EXPECT_EQ(claim_ids(1, {wanted.queue}), std::vector{id});
  }
  if (state == State::retryable) {
    EXPECT_EQ(fail(id, 1h), FinishStatus::applied);
  }
  if (state == State::completed) {
    EXPECT_EQ(complete(id), FinishStatus::applied);
  }
  if (state == State::discarded) {
    EXPECT_EQ(discard(id), FinishStatus::applied);
  }
  if (state == State::cancelled) {
    EXPECT_EQ(cancel(id), CancelStatus::cancelled);
  }
  return id;
}

CancelStatus StoreTest::cancel(JobId id) {
  auto const result = store->cancel({.ids = {&id, 1}});
  EXPECT_EQ(result.statuses.size(), 1u);
  return result.statuses.empty() ? CancelStatus::not_found : result.statuses.front();
}

RetryStatus StoreTest::retry(JobId id) {
  auto const result = store->retry({.ids = {&id, 1}});
  EXPECT_EQ(result.statuses.size(), 1u);
  return result.statuses.empty() ? RetryStatus::not_found : result.statuses.front();
}

RemoveStatus StoreTest::remove(JobId id, std::vector<State> only) {
  auto const result = store->remove({.ids = {&id, 1}, .only = std::move(only)});
  EXPECT_EQ(result.statuses.size(), 1u);
  return result.statuses.empty() ? RemoveStatus::not_found : result.statuses.front();
}

JobRecord StoreTest::get(JobId id) {
  auto record = store->get(id);
  EXPECT_TRUE(record.has_value()) << "no job " << id.str();
  return record.value_or(JobRecord());
}

std::vector<JobRecord> StoreTest::all(Filter const& filter, bool newest_first, int page) {
  std::vector<JobRecord> records;
  QueryRequest request{.filter = filter, .newest_first = newest_first, .limit = page};
  for (int pages = 0; pages < 10'000; ++pages) {
    QueryResult const result = store->query(request);
    records.insert(records.end(), result.jobs.begin(), result.jobs.end());
    if (result.cursor.empty()) return records;
    request.cursor = result.cursor;
  }
  ADD_FAILURE() << "query never came to its last page";
  return records;
}

QueueCounts StoreTest::counts(std::string const& queue) {
  for (QueueCounts const& counts : store->counts()) {
    if (counts.queue == queue) return counts;
  }
  return {.queue = queue};
}

std::vector<Event> StoreTest::events() { return store->events({}).events; }

std::vector<Event> StoreTest::events_of(JobId id) {
  std::vector<Event> chosen;
  for (Event const& event : events()) {
    if (event.id == id) chosen.push_back(event);
  }
  return chosen;
}

// Counters against rows, the store's own check, and every event against the transition table.
void StoreTest::expect_books_agree() {
  std::map<std::string, std::array<std::int64_t, kStateCount>> counted;
  for (JobRecord const& record : all()) ++counted[record.job.queue][static_cast<std::size_t>(record.state)];
  std::string before;
  for (QueueCounts const& counts : store->counts()) {
    EXPECT_LT(before, counts.queue) << "counts come by name, each queue once";
    EXPECT_EQ(counts.by_state, counted[counts.queue]) << "counters of queue " << counts.queue;
    counted.erase(counts.queue);
    before = counts.queue;
  }
  for (auto const& [queue, by_state] : counted) {
    EXPECT_EQ(by_state, decltype(QueueCounts::by_state){}) << "queue " << queue << " has jobs and no counters";
  }
  CheckReport const report = store->check();
  for (std::string const& problem : report.problems) ADD_FAILURE() << "check: " << problem;
  EXPECT_FALSE(report.facts.empty()) << "check says what it looked at";

  std::int64_t last = 0;
  for (Event const& event : events()) {
    EXPECT_GT(event.seq, last);
    EXPECT_TRUE(allowed(event.verb, event.from, event.to, event.reason))
        << to_string(event.verb) << " " << (event.from ? to_string(*event.from) : "none") << " -> "
        << (event.to ? to_string(*event.to) : "none") << " because of " << to_string(event.reason);
    last = event.seq;
  }
}

Attempt attempt_of(std::uint32_t claim_no, Reason reason, std::string message) {
  TimePoint const start{1'700'000'000'000ms};
  return {.claim_no = claim_no,
          .attempt = claim_no,
          .reason = reason,
          .failure = {.type = "std::runtime_error", .message = std::move(message), .signal = 11},
          .started_at = start,
          .ended_at = start + 7ms,
          .node = kNode,
          .pid = 4242,
          .record = "record of " + std::to_string(claim_no)};
}

std::string every_byte(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(bytes.size() % 251);
  return bytes;
}

std::vector<JobId> ids_of(std::vector<Claimed> const& claimed) {
  std::vector<JobId> ids;
  for (Claimed const& one : claimed) ids.push_back(one.job.id);
  return ids;
}

std::vector<JobId> ids_of(std::vector<JobRecord> const& records) {
  std::vector<JobId> ids;
  for (JobRecord const& record : records) ids.push_back(record.job.id);
  return ids;
}

void expect_error(ErrorKind kind, std::function<void()> const& call) {
  try {
    call();
    ADD_FAILURE() << "expected Error(" << to_string(kind) << "), nothing was thrown";
  } catch (Error const& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(kind)) << error.what();
    EXPECT_GT(std::string(error.what()).size(), 20u) << "an error is a sentence: " << error.what();
  }
}

}  // namespace kue::testing
