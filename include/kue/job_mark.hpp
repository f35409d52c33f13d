#pragma once
// JobMark: the run of a job that a thread works for. Each log line that the thread writes says it.
//
//   std::jthread helper([&log, job = kue::current_job()] {
//     kue::JobScope const scope(job);               // this thread works for the job too
//     log.info("half of it");                       // ... job=HelloWorldJob#0193c2a0-... attempt=1 half of it
//   });
//
// A worker marks the thread that calls run(), from before the run until its outcome is written. Threads that a job
// starts, and threads of a pool, have no mark unless they are given one. A mark is a value, cheap to copy, and may
// outlive the run.

#include <kue/id.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kue {

class JobMark {
 public:
  JobMark() = default;  // no job
  JobMark(JobId id, std::string_view kind, std::uint32_t attempt);

  explicit operator bool() const { return data_ != nullptr; }
  JobId id() const { return data_ ? data_->id : JobId(); }
  std::string_view kind() const { return data_ ? data_->kind : std::string_view(); }
  std::uint32_t attempt() const { return data_ ? data_->attempt : 0; }
  std::string_view text() const { return data_ ? data_->text : std::string_view(); }  // "KIND#ID attempt=N"

 private:
  struct Data {
    JobId id;
    std::string kind;
    std::uint32_t attempt = 0;
    std::string text;
  };
  std::shared_ptr<Data const> data_;
};

JobMark current_job() noexcept;  // of this thread

// Marks the calling thread until the end of the scope; then the mark that was there before holds again.
class JobScope {
 public:
  explicit JobScope(JobMark mark) noexcept;
  ~JobScope();
  JobScope(JobScope const&) = delete;
  JobScope& operator=(JobScope const&) = delete;

 private:
  JobMark mark_;
  JobMark const* before_;
};

}  // namespace kue
