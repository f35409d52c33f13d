// What is looked at in and around the store.

#include "spark/console/doctor.hpp"

#include <kue/error.hpp>

#include "spark/application/store_url.hpp"
#include "spark/console/change.hpp"
#include "spark/console/console.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/times.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace spark {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::uintmax_t kMiB = 1024 * 1024;
constexpr std::uintmax_t kFull = 64 * kMiB, kSoonFull = 512 * kMiB;
constexpr auto kLongWait = 60s;  // a worker that lives and takes from this queue would have come by
constexpr auto kClockSlack = 60s;

Finding examine_room(std::string const& folder) {
  std::error_code error;
  fs::space_info const space = fs::space(folder, error);
  if (error)
    return {Health::warn, "disk", fmt::format("the free space of {} cannot be asked for: {}", folder, error.message()),
            ""};
  std::string const text =
      fmt::format("{} MiB are free in {}", grouped(static_cast<std::int64_t>(space.available / kMiB)), folder);
  if (space.available < kFull)
    return {Health::fail, "disk", text, "make room: pushes are refused soon, and finished jobs go by store:prune"};
  if (space.available < kSoonFull) return {Health::warn, "disk", text, "make room before pushes are refused"};
  return {Health::ok, "disk", text, ""};
}

Finding examine_schema(kue::StoreSchema const& schema) {
  if (!schema.refused_because.empty()) {
    return {Health::fail, "store", schema.place + ": " + schema.refused_because,
            "store.url in spark.toml, SPARK_STORE_URL or --store names it"};
  }
  if (!schema.exists)
    return {Health::ok, "store", schema.place + " is not there yet: the first push or worker makes it", ""};
  if (schema.version < schema.newest) {
    return {Health::warn, "store",
            fmt::format("{} has schema {}; this program updates it to {} when it opens it", schema.place,
                        schema.version, schema.newest),
            "store:migrate, after all programs that use it were updated"};
  }
  std::string text = fmt::format("{}, schema {}", schema.place, schema.version);
  for (kue::StoreFact const& fact : schema.facts) text += fmt::format(", {} {}", fact.name, fact.value);
  return {Health::ok, "store", text, ""};
}

void examine_nodes(std::vector<kue::NodeInfo> const& nodes, bool one_host, std::vector<Finding>& all) {
  auto const living = std::count_if(nodes.begin(), nodes.end(),
                                    [&](kue::NodeInfo const& node) { return kue::worker::is_alive(node, one_host); });
  for (kue::NodeInfo const& node : nodes) {
    if (kue::worker::is_alive(node, one_host) || node.running == 0) continue;
    all.push_back({Health::warn, "workers",
                   fmt::format("a worker on {} (pid {}) died while it held {}", node.name, node.pid,
                               counted(node.running, "job")),
                   living > 0 ? "nothing: a living worker gives them back within a minute"
                              : "start queue:worker: it gives them back and runs them"});
  }
  if (living > 0) all.push_back({Health::ok, "workers", counted(living, "worker") + " alive", ""});
}

void examine_queue(kue::Store& jobs, kue::QueueCounts const& counts, bool any_worker, kue::TimePoint now,
                   std::vector<Finding>& all) {
  auto const since = jobs.head({.queue = counts.queue}).waiting_since;  // also of those that came due since their push
  if (!since) return;
  std::int64_t const available = counts.of(kue::State::available);
  std::string const wait = available == 0 ? fmt::format("jobs in '{}' are due: they wait", counts.queue)
                                          : fmt::format("{} in '{}' {}", counted(available, "job"), counts.queue,
                                                        available == 1 ? "waits" : "wait");
  if (counts.paused)
    return all.push_back({Health::warn, "queues", wait + ", and it is paused", "queue:resume " + counts.queue});
  if (!any_worker)
    return all.push_back({Health::warn, "queues", wait + " and no worker runs", "start queue:worker -c 4"});
  if (now - *since < kLongWait || counts.of(kue::State::running) > 0) return;
  all.push_back({Health::warn, "queues",
                 fmt::format("{} for {}, and no worker takes one", wait, span_text(now - *since)),
                 "a worker with --queues or worker.queues takes only those: add " + counts.queue});
}

// Rows from the future mean that the clock was set back: what is due then waits until that time comes again.
void examine_clock(kue::Store& jobs, kue::TimePoint now, std::vector<Finding>& all) {
  auto const newest = jobs.query({.limit = 1}).jobs;
  if (newest.empty() || newest.front().inserted_at <= now + kClockSlack)
    return all.push_back({Health::ok, "clock", utc_text(now), ""});
  all.push_back(
      {Health::warn, "clock",
       fmt::format("it is {}, and a job was pushed {}", utc_text(now), relative_text(newest.front().inserted_at, now)),
       "the clock was set back: correct it (timedatectl set-ntp true)"});
}

}  // namespace

std::vector<Finding> examine_place(Config const& config) {
  std::vector<Finding> all;
  try {
    kue::StoreSchema const schema = kue::open_store(config.store.url, {.migrate = false})->schema();
    all.push_back(examine_schema(schema));
    if (fs::path(schema.place).is_absolute())
      all.push_back(examine_room(fs::path(schema.place).parent_path().string()));
  } catch (kue::Error const& error) {
    all.push_back(
        {Health::fail, "store", error.what(), "store.url in spark.toml, SPARK_STORE_URL or --store names it"});
  }
  return all;
}

std::vector<Finding> examine_jobs(Call& call) {
  std::vector<Finding> all;
  if (!call.console.has_own_queue() && !call.console.has_own_store()) {
    if (!kue::open_store(call.app.config().store.url, {.migrate = false})->schema().current())
      return all;  // using it would make or update it
  }
  try {
    kue::Store& jobs = job_store(call);
    auto const now = kue::Clock::system().now();
    auto const nodes = jobs.nodes();
    bool const one_host = jobs.capabilities().one_host;
    examine_nodes(nodes, one_host, all);
    bool const any_worker = std::any_of(
        nodes.begin(), nodes.end(), [&](kue::NodeInfo const& node) { return kue::worker::is_alive(node, one_host); });
    for (kue::QueueCounts const& counts : jobs.counts()) examine_queue(jobs, counts, any_worker, now, all);
    examine_clock(jobs, now, all);
  } catch (kue::Error const& error) {
    Health const health =
        error.kind() == kue::ErrorKind::refused ? Health::warn : Health::fail;  // a queue that cannot be looked into
    all.push_back({health, "jobs", error.what(), ""});
  }
  return all;
}

}  // namespace spark
