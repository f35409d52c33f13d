#include "gallery.hpp"

#include "make_thumbnail.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace studio {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 150ms;            // while something is open: at the latest
constexpr auto kQuietLook = 1000ms;      // else: others may use the store too
constexpr std::size_t kFrontLooks = 48;  // jobs at the head of the queue, where things happen, at each look
constexpr std::size_t kOtherLooks = 16;  // and some of the rest in turn

std::int64_t millis(kue::TimePoint from, kue::TimePoint to) { return std::max<std::int64_t>(0, (to - from).count()); }

std::string last_error(kue::JobStatus const& job) {
  return job.errors.empty() ? "The record of this job does not say why." : job.errors.back().failure.message;
}

// The work of one run, from its own start to its finish, and the process that did it.
void add_run(SizeView& view, kue::TimePoint started_at, kue::TimePoint ended_at, int pid) {
  view.worked_ms = view.worked_ms.value_or(0) + millis(started_at, ended_at);
  if (pid > 0) view.pids.push_back(pid);
}

SizeView view_of(kue::JobStatus const& job, SizeView known) {
  SizeView view{.size = known.size};
  view.tries = static_cast<int>(job.attempt);
  view.max_tries = static_cast<int>(job.max_attempts);
  for (kue::Attempt const& run : job.errors) add_run(view, run.started_at, run.ended_at, run.pid);
  if (!job.errors.empty()) view.problem = last_error(job);
  if (job.started_at) view.waited_ms = millis(job.pushed_at, *job.started_at);
  switch (job.state) {
    case kue::State::scheduled:
    case kue::State::blocked:
    case kue::State::available:
      view.state = "waiting";
      view.waited_ms.reset();
      break;
    case kue::State::running:
      view.state = "running";
      if (job.progress) view.percent = job.progress->percent;
      if (job.progress) view.note = job.progress->note;
      break;
    case kue::State::retryable:
      view.state = "again";
      view.again_at_ms = job.run_at.time_since_epoch().count();
      break;
    case kue::State::completed: {
      auto const made = job.result_as<Thumbnail>().value_or(Thumbnail{});
      view.state = "done";
      view.percent = 100;
      view.width = made.width;
      view.height = made.height;
      view.bytes = made.bytes;
      view.original_size = made.original_size;
      view.problem.clear();
      if (job.started_at && job.finished_at) add_run(view, *job.started_at, *job.finished_at, made.pid);
      break;
    }
    case kue::State::discarded:
    case kue::State::cancelled:
      view.state = "failed";
      view.problem = job.state == kue::State::cancelled ? "Cancelled." : last_error(job);
      break;
  }
  return view;
}

}  // namespace

Gallery::Gallery(Library& library, kue::Queue& queue, kue::Store& store, kue::Logger log, std::string worker_command)
    : library_(library),
      queue_(queue),
      store_(store),
      log_(std::move(log)),
      worker_command_(std::move(worker_command)) {
  for (Picture const& picture : library_.pictures()) add(picture);
  watcher_ = std::thread([this] { watch(); });
}

Gallery::~Gallery() {
  close();
  watcher_.join();
}

void Gallery::add(Picture const& picture, std::optional<double> answered_ms) {
  PictureView view{picture.id,          picture.name,   picture.format,
                   picture.width,       picture.height, picture.bytes,
                   picture.added_at_ms, answered_ms,    {}};
  std::vector<kue::JobId> jobs;
  for (auto const& [size, job] : picture.jobs) {
    auto const id = kue::JobId::parse(job);
    if (!id) continue;
    view.sizes.push_back({.size = size, .state = "waiting"});
    jobs.push_back(*id);
  }
  std::lock_guard const lock(mutex_);
  entries_.push_back({std::move(view), std::move(jobs), 0});
  reopen(entries_.size() - 1);
}

// Looks at the jobs of a picture again until each is final. The lock is held.
void Gallery::reopen(std::size_t picture) {
  Entry& entry = entries_[picture];
  for (std::size_t i = 0; i < entry.jobs.size(); ++i) {
    if (entry.view.sizes[i].state == "done") continue;
    entry.view.sizes[i] = {.size = entry.view.sizes[i].size, .state = "waiting"};
    open_.insert_or_assign(Rank{static_cast<int>(i), picture}, Follow{entry.jobs[i], picture, i});
  }
  entry.revision = ++revision_;
  changed_.notify_all();
}

std::optional<int> Gallery::try_again(PictureId const& id) {
  std::optional<std::size_t> picture;
  std::vector<kue::JobId> jobs;
  {
    std::lock_guard const lock(mutex_);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].view.id == id.str()) picture = i;
    }
    if (!picture) return std::nullopt;
    for (std::size_t i = 0; i < entries_[*picture].jobs.size(); ++i) {
      if (entries_[*picture].view.sizes[i].state == "failed") jobs.push_back(entries_[*picture].jobs[i]);
    }
  }
  if (jobs.empty()) return 0;
  auto const statuses = store_.retry({jobs}).statuses;  // only what is final there is taken up, however old our view is
  std::lock_guard const lock(mutex_);
  reopen(*picture);
  return static_cast<int>(std::count(statuses.begin(), statuses.end(), kue::RetryStatus::retried));
}

Update Gallery::all() const {
  std::lock_guard const lock(mutex_);
  return update_since(0);
}

std::optional<Update> Gallery::next(std::uint64_t seen, kue::Millis wait) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return closed_ || revision_ > seen; });
  if (closed_ || revision_ <= seen) return std::nullopt;
  return update_since(seen);
}

void Gallery::close() {
  std::lock_guard const lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool Gallery::closed() const {
  std::lock_guard const lock(mutex_);
  return closed_;
}

Update Gallery::update_since(std::uint64_t seen) const {
  Update update{.revision = revision_,
                .full = seen == 0,
                .counts = counts_,
                .workers = workers_,
                .worker_command = worker_command_,
                .trouble = trouble_};
  for (Entry const& entry : entries_) {
    if (entry.revision > seen) update.pictures.push_back(entry.view);
  }
  return update;
}

void Gallery::watch() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    std::string trouble;
    std::optional<kue::JobId> first;
    if (!open_.empty()) first = open_.begin()->second.job;
    lock.unlock();
    try {
      if (first) queue_.wait(*first, kLook);
      look_at_jobs();
      look_at_counts();
    } catch (std::exception const& error) {
      trouble = fmt::format("The job store cannot be read at the moment: {}", error.what());
    }
    lock.lock();
    if (trouble != trouble_) {
      if (!trouble.empty()) log_.warn("{}", trouble);
      trouble_ = trouble;
      ++revision_;
      changed_.notify_all();
    }
    if (open_.empty()) {
      changed_.wait_for(lock, kQuietLook, [&] { return closed_ || !open_.empty(); });
    } else if (!trouble.empty()) {
      changed_.wait_for(lock, kLook, [&] { return closed_; });
    }
  }
}

// Those at the head, in the order in which workers take them, and a few of the others in turn, so that a long queue
// costs no more than a short one.
std::vector<std::pair<Gallery::Rank, Gallery::Follow>> Gallery::due_for_a_look() {
  std::lock_guard const lock(mutex_);
  std::vector<std::pair<Rank, Follow>> due;
  auto at = open_.begin();
  for (; at != open_.end() && due.size() < kFrontLooks; ++at) due.push_back(*at);
  if (at == open_.end()) return due;
  auto turn = open_.upper_bound(std::max(looked_up_to_, due.back().first));
  if (turn == open_.end()) turn = at;
  std::size_t const others =
      std::exchange(first_look_, false) ? open_.size() : kOtherLooks;  // at the start most are done
  for (std::size_t i = 0; i < others && turn != open_.end(); ++i, ++turn) {
    due.push_back(*turn);
    looked_up_to_ = turn->first;
  }
  if (turn == open_.end()) looked_up_to_ = {};
  return due;
}

void Gallery::look_at_jobs() {
  bool news = false;
  for (auto const& [rank, follow] : due_for_a_look()) {
    SizeView known;
    {
      std::lock_guard const lock(mutex_);
      known = entries_[follow.picture].view.sizes[follow.size];
    }
    SizeView const now = look(follow, known);
    std::lock_guard const lock(mutex_);
    if (now.state == "done" || now.state == "failed") open_.erase(rank);
    if (now == known) continue;
    Entry& entry = entries_[follow.picture];
    entry.view.sizes[follow.size] = now;
    entry.revision = ++revision_;
    news = true;
  }
  if (news) changed_.notify_all();
}

SizeView Gallery::look(Follow const& follow, SizeView known) {
  std::optional<kue::JobStatus> const job = queue_.find(follow.job);
  return job ? view_of(*job, std::move(known)) : from_disk(follow, std::move(known));
}

// A job that the store has forgotten, because it was done long ago: the file is what is left of it.
SizeView Gallery::from_disk(Follow const& follow, SizeView known) const {
  std::string id;
  {
    std::lock_guard const lock(mutex_);
    id = entries_[follow.picture].view.id;
  }
  std::filesystem::path const path = library_.thumbnail_path(*PictureId::parse(id), known.size);
  std::error_code missing;
  auto const bytes = std::filesystem::file_size(path, missing);
  if (missing) {
    known.state = "failed";
    known.problem = "The store does not know this job any more, and it left no file.";
    return known;
  }
  Probe const probe = probe_header(read_file(path, kHeaderBytes));
  known.state = "done";
  known.percent = 100;
  known.bytes = static_cast<std::int64_t>(bytes);
  if (probe.header) known.width = probe.header->stored.width;
  if (probe.header) known.height = probe.header->stored.height;
  return known;
}

void Gallery::look_at_counts() {
  Counts counts;
  for (kue::QueueCounts const& queue : store_.counts()) {
    if (queue.queue != MakeThumbnail::options.queue) continue;
    using enum kue::State;
    counts.waiting = queue.of(scheduled) + queue.of(blocked) + queue.of(available);
    counts.retrying = queue.of(retryable);
    counts.running = queue.of(running);
    counts.done = queue.of(completed);
    counts.failed = queue.of(discarded) + queue.of(cancelled);
  }
  std::vector<int> workers;
  for (kue::NodeInfo const& node : store_.nodes()) {
    if (!node.dead) workers.push_back(node.pid);
  }
  std::lock_guard const lock(mutex_);
  if (counts == counts_ && workers == workers_) return;
  counts_ = counts;
  workers_ = std::move(workers);
  ++revision_;
  changed_.notify_all();
}

}  // namespace studio
