#include <spark/http/request_batch.hpp>

#include <kue/error.hpp>

namespace spark::http {
namespace {

// What a foreign queue throws becomes an error that says the same.
kue::Error to_error(std::exception_ptr const& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (kue::Error const& error) {
    return error;
  } catch (std::exception const& error) {
    return {kue::ErrorKind::unavailable, error.what()};
  } catch (...) {
    return {kue::ErrorKind::unavailable, "an exception that is no std::exception"};
  }
}

// What the log says of a request that is refused. `names` is empty if it had no jobs of its own.
void say_refused(kue::Logger& log, kue::Error const& error, std::string const& names) {
  std::string_view const fate = names.empty()             ? ""
                                : error.outcome_unknown() ? "; these jobs may have been pushed or not: "
                                                          : "; not pushed: ";
  log.error("the flush of a request failed, so it is refused ({}){}{}", error.what(), fate, names);
}

}  // namespace

RequestBatch::RequestBatch(Batches& batches)
    : batches_(batches), batch_(batches.queue_, batches.log_, batches.options_.limits) {}

RequestBatch::~RequestBatch() {
  if (handled_) sent();
}

bool RequestBatch::handled_without_waiting() {
  if (batches_.options_.flush == Flush::before_response) return false;
  try {
    ticket_ = batches_.flusher_.hold(std::move(batch_));
  } catch (
      kue::Error const&) {  // no room: flushed before the response, so that nothing is promised that cannot be kept
    return false;
  }
  return handled_ = true;
}

void RequestBatch::handled() {
  if (handled_without_waiting()) return;
  try {
    batch_.flush();
    handled_ = true;
  } catch (...) {
    kue::Error const error = to_error(std::current_exception());
    ++batches_.refused_;
    say_refused(batches_.log_, error, names_of(batch_.jobs()));
    batch_.discard();
    throw error;
  }
}

void RequestBatch::handled(std::function<void(std::exception_ptr)> done) {
  if (handled_without_waiting()) return done(nullptr);
  handled_ = true;
  // Nothing of this object: it may be gone when the answer comes, if its connection is.
  batches_.flusher_.flush(std::move(batch_), [&batches = batches_, names = names_of(batch_.jobs()),
                                              done = std::move(done)](std::exception_ptr const& thrown) {
    if (!thrown) return done(nullptr);
    kue::Error const error = to_error(thrown);
    ++batches.refused_;
    say_refused(batches.log_, error, names);
    done(std::make_exception_ptr(error));
  });
}

void RequestBatch::sent() noexcept {
  ticket_ = kue::Flusher::Ticket();
  if (!handled_ || batch_.empty()) return;
  try {
    batches_.flusher_.flush(std::move(batch_));
  } catch (...) {  // no room; the end of the batch says which jobs these were
  }
}

}  // namespace spark::http
