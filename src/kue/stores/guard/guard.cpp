#include "kue/stores/guard/guard.hpp"

#include "kue/base/descriptors.hpp"
#include "kue/base/own_pid.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>

namespace kue {
namespace {

Error retold(Error const& error, std::string const& text) {
  return error.outcome_unknown() ? Error::with_unknown_outcome(error.kind(), text) : Error(error.kind(), text);
}

void require(bool holds, char const* sentence) {
  if (!holds) throw Error(ErrorKind::invalid, sentence);
}

void require_queue_name(std::string const& queue) {
  if (valid_name(queue)) return;
  throw Error(
      ErrorKind::invalid,
      fmt::format("'{}' is no queue name: 1 to 128 letters, digits, '_', '.', '-', starting with a letter or digit",
                  queue));
}

// All before the first write: all or nothing.
void require_attempt(Verb verb, JobId const& id, Attempt const& attempt) {
  std::size_t const type = attempt.failure.type.size(), message = attempt.failure.message.size(),
                    record = attempt.record.size();
  if (type <= limits::kMaxNameBytes && message <= limits::kMaxHeadTextBytes && record <= limits::kMaxRecordBytes)
    return;
  throw Error(ErrorKind::invalid, fmt::format("{} of job {} brings an attempt with a type of {} bytes, a message of {} "
                                              "bytes and a record of {}; at most {}, {} and {} are kept",
                                              to_string(verb), id.str(), type, message, record, limits::kMaxNameBytes,
                                              limits::kMaxHeadTextBytes, limits::kMaxRecordBytes));
}

void require_finishes(Verb verb, std::span<Finish const> items) {
  for (Finish const& item : items) {
    Transition const& next = item.transition;
    if (!allowed(verb, State::running, next.to, next.reason)) {
      throw Error(ErrorKind::invalid,
                  fmt::format("{} of job {} asks for running -> {} because of {}, which is no transition of a job's "
                              "life (kue/state.hpp)",
                              to_string(verb), item.claim.id.str(), to_string(next.to), to_string(next.reason)));
    }
    if (item.attempt) require_attempt(verb, item.claim.id, *item.attempt);
  }
}

}  // namespace

GuardedStore::GuardedStore(std::shared_ptr<Store> store, StoreOptions const& options)
    : store_(std::move(store)), description_(store_->description()), on_call_(options.on_call), owner_(own_pid()) {}

// `tried` reads before the store's name: "push to".
template <class Body>
auto GuardedStore::run(std::string_view verb, std::string_view tried, std::size_t rows, Body&& body) {
  auto const began = on_call_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  auto const tell = [&](Error const* error) {
    if (on_call_)
      on_call_({.verb = verb, .took = std::chrono::steady_clock::now() - began, .rows = rows, .error = error});
  };
  try {
    refuse_foreign_process();
    auto result = body(rows);
    tell(nullptr);
    return result;
  } catch (Error const& error) {
    Error const told =
        retold(error, fmt::format("{} {} {}: {}", tried, description_,
                                  error.kind() == ErrorKind::refused ? "refused" : "failed", error.what()));
    tell(&told);
    throw told;
  }
}

void GuardedStore::refuse_foreign_process() const {
  if (int const here = own_pid(); here != owner_) {
    throw Error(
        ErrorKind::refused,
        fmt::format(
            "it was opened by process {} and is used by process {} after a fork, which would damage it or its answers. "
            "Open the store after the fork, in each process",
            owner_, here));
  }
  if (descriptors_intact()) return;
  throw Error(ErrorKind::unavailable,
              "a job has closed the descriptors of this process, and their numbers may name files of its own. "
              "Close only what you opened; the process is replaced after this job");
}

PushResult GuardedStore::push(PushRequest const& request) {
  for (Envelope const& job : request.jobs)
    job.check();  // its sentence stands by itself: it is about the job, not about the store
  return run("push", "push to", request.jobs.size(), [&](std::size_t&) { return store_->push(request); });
}

PushResult GuardedStore::push_in(Foreign& transaction, PushRequest const& request) {
  for (Envelope const& job : request.jobs) job.check();
  return run("push", "push in a transaction to", request.jobs.size(),
             [&](std::size_t&) { return store_->push_in(transaction, request); });
}

ClaimResult GuardedStore::claim(ClaimRequest const& request) {
  return run("claim", "claim from", 0, [&](std::size_t& rows) {
    require(request.holder != 0, "it names no holder: 0 means nobody. Use kue::random_bits()");
    require_finishes(Verb::finish, request.finishes);
    ClaimResult result = store_->claim(request);
    rows = result.jobs.size() + request.finishes.size();
    return result;
  });
}

FinishResult GuardedStore::finish(FinishRequest const& request) {
  return run("finish", "finish in", request.items.size(), [&](std::size_t&) {
    require_finishes(Verb::finish, request.items);
    return store_->finish(request);
  });
}

FinishResult GuardedStore::finish_in(Foreign& transaction, FinishRequest const& request) {
  return run("finish", "finish in a transaction in", request.items.size(), [&](std::size_t&) {
    require_finishes(Verb::finish, request.items);
    return store_->finish_in(transaction, request);
  });
}

ReleaseResult GuardedStore::release(ReleaseRequest const& request) {
  return run("release", "release in", request.items.size(), [&](std::size_t&) {
    require_finishes(Verb::release, request.items);
    return store_->release(request);
  });
}

void GuardedStore::progress(ProgressRequest const& request) {
  run("progress", "progress in", request.items.size(), [&](std::size_t&) { return store_->progress(request), true; });
}

CancelResult GuardedStore::cancel(CancelRequest const& request) {
  return run("cancel", "cancel in", request.ids.size(), [&](std::size_t&) { return store_->cancel(request); });
}

RetryResult GuardedStore::retry(RetryRequest const& request) {
  return run("retry", "retry in", request.ids.size(), [&](std::size_t&) { return store_->retry(request); });
}

RemoveResult GuardedStore::remove(RemoveRequest const& request) {
  return run("remove", "remove from", request.ids.size(), [&](std::size_t&) { return store_->remove(request); });
}

BeatResult GuardedStore::beat(BeatRequest const& request) {
  return run("beat", "beat in", 1, [&](std::size_t&) {
    require(request.node != 0, "it is of node 0, which means nobody. Use kue::random_bits()");
    return store_->beat(request);
  });
}

std::vector<NodeInfo> GuardedStore::nodes() {
  return run("nodes", "looking at the nodes of", 0, [&](std::size_t& rows) {
    auto nodes = store_->nodes();
    rows = nodes.size();
    return nodes;
  });
}

RescueResult GuardedStore::rescue(RescueRequest const& request) {
  return run("rescue", "rescue in", 1, [&](std::size_t&) { return store_->rescue(request); });
}

std::vector<RunningJob> GuardedStore::running(RunningRequest const& request) {
  return run("running", "looking at the running jobs of", 0, [&](std::size_t& rows) {
    auto jobs = store_->running(request);
    rows = jobs.size();
    return jobs;
  });
}

std::optional<JobRecord> GuardedStore::get(JobId id) {
  return run("get", "get from", 1, [&](std::size_t&) { return store_->get(id); });
}

QueryResult GuardedStore::query(QueryRequest const& request) {
  return run("query", "query of", 0, [&](std::size_t& rows) {
    if (request.limit < 1 || request.limit > 1000)
      throw Error(ErrorKind::invalid, fmt::format("its limit is {}; it must be 1 to 1000", request.limit));
    QueryResult page = store_->query(request);
    rows = page.jobs.size();
    return page;
  });
}

HeadResult GuardedStore::head(HeadRequest const& request) {
  return run("head", "looking at the front of", 1, [&](std::size_t&) { return store_->head(request); });
}

std::vector<QueueCounts> GuardedStore::counts() {
  return run("counts", "counting in", 0, [&](std::size_t& rows) {
    auto counts = store_->counts();
    rows = counts.size();
    return counts;
  });
}

EventsResult GuardedStore::events(EventsRequest const& request) {
  return run("events", "reading the events of", 0, [&](std::size_t& rows) {
    EventsResult page = store_->events(request);
    rows = page.events.size();
    return page;
  });
}

// No call to be measured: it ends when there is work.
WaitResult GuardedStore::wait(WaitRequest const& request) {
  try {
    refuse_foreign_process();
    return store_->wait(request);
  } catch (Error const& error) {
    throw retold(error, fmt::format("waiting for work in {} failed: {}", description_, error.what()));
  }
}

void GuardedStore::pause(PauseRequest const& request) {
  run("pause", "pause in", 1, [&](std::size_t&) {
    require_queue_name(request.queue);
    return store_->pause(request), true;
  });
}

void GuardedStore::resume(PauseRequest const& request) {
  run("resume", "resume in", 1, [&](std::size_t&) {
    require_queue_name(request.queue);
    return store_->resume(request), true;
  });
}

PruneResult GuardedStore::prune(PruneRequest const& request) {
  return run("prune", "prune of", 0, [&](std::size_t& rows) {
    PruneResult result = store_->prune(request);
    rows = static_cast<std::size_t>(result.pruned);
    return result;
  });
}

void GuardedStore::tend() {
  run("tend", "tending", 0, [&](std::size_t&) { return store_->tend(), true; });
}

CheckReport GuardedStore::check() {
  return run("check", "check of", 0, [&](std::size_t&) { return store_->check(); });
}

StoreInfo GuardedStore::info() {
  return run("info", "info of", 0, [&](std::size_t&) { return store_->info(); });
}

StoreSchema GuardedStore::schema() {
  return run("schema", "looking at the schema of", 0, [&](std::size_t&) { return store_->schema(); });
}

void GuardedStore::migrate() {
  run("migrate", "opening", 0, [&](std::size_t&) { return store_->migrate(), true; });
}

std::shared_ptr<Store> guarded(std::shared_ptr<Store> store, StoreOptions const& options) {
  if (store == nullptr || dynamic_cast<GuardedStore*>(store.get()) != nullptr) return store;
  return std::make_shared<GuardedStore>(std::move(store), options);
}

}  // namespace kue
