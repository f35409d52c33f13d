#pragma once
// Context: what a running job may ask about itself. `void run(kue::Context& ctx)`.
//
//   for (int page = 0; page < pages; ++page) {
//     if (ctx.stop_requested()) return kue::interrupted();
//     render(page);
//     ctx.progress(100 * page / pages, "page");
//   }
//
// Lives for one run. stop_requested() and stop_token() may be used from any thread; the rest from the job's own.

#include <kue/clock.hpp>
#include <kue/foreign.hpp>
#include <kue/id.hpp>
#include <kue/json.hpp>
#include <kue/logger.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace kue {

namespace detail {
std::string text_of_result(Writer& result);  // a note in its place if it cannot be kept
}

enum class StopCause { none, timeout, shutdown, cancelled };

class Context {
 public:
  virtual ~Context() = default;

  virtual JobId id() const = 0;
  virtual std::uint32_t attempt() const = 0;  // 1 in the first run
  virtual std::uint32_t max_attempts() const = 0;
  // Times that this job was handed out, this run included; rises with every run, whatever ended the one before. Writers
  // elsewhere can use it as a fencing token: refuse a write with a lower number than the last. 1 if the queue does not
  // count.
  virtual std::uint32_t claim_no() const { return 1; }
  virtual std::optional<TimePoint> deadline() const = 0;  // start + timeout; none without a time-out
  virtual std::stop_token stop_token()
      const = 0;  // raised at the time-out, when the worker stops, when somebody cancels the job
  virtual StopCause stop_cause() const = 0;
  virtual Logger& log() = 0;

  // 0 to 100 (clamped) and a short note; kept with the job, at most a few times a second. Never throws.
  virtual void progress(int percent, std::string_view note = {}) = 0;

  // Ends this run as completed in a transaction of the program's own: what the job wrote and its
  // end are committed together. Call it right before the commit, and return from `run` after it:
  // what `run` returns is not kept, and what it throws after the commit is only logged. If the
  // transaction is not committed the run has failed. `result` is kept with the job.
  // Throws Error(stale) if the job is no longer this run's, and Error(refused) without a store that
  // can do it: roll back.
  void finish(Foreign& transaction) { finish_in(transaction, {}); }
  template <class Result> void finish(Foreign& transaction, Result const& result) {
    Writer writer;
    write(writer, result);
    finish_in(transaction, detail::text_of_result(writer));
  }

  bool stop_requested() const { return stop_token().stop_requested(); }
  // The same for every run of this job: give it to the payment gateway, name the output file with it.
  std::string idempotency_key() const { return id().str(); }

 protected:
  virtual void finish_in(Foreign& transaction, std::string result);  // JSON, or empty
};

}  // namespace kue
