// What a run came to. Everything here is called by templates of <kue/detail/job_type.hpp>.
#include <kue/detail/run_support.hpp>

#include <kue/error.hpp>
#include <kue/job.hpp>

#include "kue/core/json_document.hpp"
#include "kue/core/result_note.hpp"
#include "kue/core/safe_text.hpp"

#include <cstdlib>
#include <exception>

#include <cxxabi.h>

namespace kue::detail {

static std::string demangled(char const* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : name;
  std::free(text);
  return result;
}

// "std::runtime_error: disk full", and what it was nested in.
static Failure failure_of(std::exception const& e) {
  Failure failure{.type = demangled(typeid(e).name()), .message = e.what()};
  try {
    std::rethrow_if_nested(e);
  } catch (std::exception const& inner) {
    Failure const cause = failure_of(inner);
    failure.message += "\nbecause of " + cause.type + ": " + cause.message;
  } catch (...) {
    failure.message += "\nbecause of an exception not derived from std::exception";
  }
  return failure;
}

// In a catch block. A cancelled thread (pthread_cancel) unwinds by an exception that must not be kept.
static Failure failure_of_exception() {
  try {
    throw;
  } catch (abi::__forced_unwind&) {
    throw;
  } catch (std::exception const& e) {
    return failure_of(e);
  } catch (std::string const& text) {
    return {.type = "std::string", .message = text};
  } catch (char const* text) {
    return {.type = "char const*", .message = text != nullptr ? text : "(null)"};
  } catch (...) {
    std::type_info const* const type = abi::__cxa_current_exception_type();
    return {.type = type != nullptr ? demangled(type->name()) : "unknown exception",
            .message = "an exception not derived from std::exception"};
  }
}

static void make_safe(Failure& failure) {
  failure.type = core::safe_text(failure.type, 512);
  failure.message = core::safe_text(failure.message);
  failure.backtrace = core::safe_text(failure.backtrace);
}

static Outcome failed_with(std::string type, std::string message) {
  Outcome outcome{.kind = Outcome::Kind::failed, .failure = {.type = std::move(type), .message = std::move(message)}};
  make_safe(outcome.failure);
  return outcome;
}

// ---- arguments

Outcome corrupt_arguments(std::string_view kind, std::vector<std::string> const& problems) {
  Outcome outcome =
      failed_with("arguments", "cannot read the arguments of " + std::string(kind) + ":" + listed(problems));
  outcome.kind = Outcome::Kind::corrupt;
  return outcome;
}

static std::string refused_by_validate(std::string_view kind, Failure const& why) {
  return "validate() of " + std::string(kind) + " refuses the arguments: " + why.message;
}

Outcome corrupt_by_validate(std::string_view kind) {
  Failure const why = failure_of_exception();
  Outcome outcome = failed_with(why.type, refused_by_validate(kind, why));
  outcome.kind = Outcome::Kind::corrupt;
  return outcome;
}

void throw_refused_by_validate(std::string_view kind) {
  throw Error(ErrorKind::invalid, core::safe_text(refused_by_validate(kind, failure_of_exception())));
}

void throw_invalid_arguments(std::string_view, Outcome const& corrupt) {
  throw Error(ErrorKind::invalid, corrupt.failure.message);
}

// ---- injection

void* find_service(Services& services, std::type_info const& type, std::string_view name) {
  if (void* service = services.find(type)) return service;
  throw Error(ErrorKind::not_found, "run() needs the service '" + std::string(name) +
                                        "', which the application does not have; give it one before the worker starts");
}

// ---- outcomes

// A job may report only on itself: the death of a process or node is reported by the process that observed it.
static bool job_may_say(Outcome::Kind kind) {
  using Kind = Outcome::Kind;
  switch (kind) {
    case Kind::completed:
    case Kind::failed:
    case Kind::timed_out:
    case Kind::snoozed:
    case Kind::cancelled:
    case Kind::gave_up:
    case Kind::interrupted: return true;
    default: return false;
  }
}

// A result that cannot be kept: the work is done, so its job is completed, with a note in its place.
static std::string kept_result(std::string text) {
  if (text.size() <= limits::kMaxResultBytes) return text;
  return core::result_note_too_long(text.size());
}

std::string text_of_result(Writer& result) {
  if (!result.problems().empty()) return core::result_note("it has no JSON:" + listed(result.problems()));
  return kept_result(result.take());
}

Outcome outcome_of_result(Writer& result) {
  return {.kind = Outcome::Kind::completed, .result = text_of_result(result)};
}

static Outcome checked_result(std::string const& result) {
  JsonDocument document(result, 4 * limits::kMaxResultBytes);  // blanks do not count
  return {.kind = Outcome::Kind::completed,
          .result = document.parsed()
                        ? kept_result(document.compact(document.root()))
                        : core::result_note("Outcome::result must be JSON:" + listed(document.problems()))};
}

Outcome checked_outcome(Outcome outcome) {
  if (!job_may_say(outcome.kind)) {
    return failed_with("outcome",
                       "run() gave an outcome that only a worker can know: " + std::string(to_string(outcome.kind)));
  }
  if (outcome.delay && outcome.delay->count() < 0) {
    return failed_with("outcome",
                       "run() asked for a negative delay: " + std::to_string(outcome.delay->count()) + " ms");
  }
  if (outcome.kind == Outcome::Kind::snoozed && !outcome.delay)
    return failed_with("outcome", "run() snoozed without a delay");
  if (outcome.kind == Outcome::Kind::completed && !outcome.result.empty()) return checked_result(outcome.result);
  make_safe(outcome.failure);
  return outcome;
}

static Outcome outcome_of_any_exception(Context& context) {
  try {
    throw;
  } catch (Outcome const& asked) {
    return checked_outcome(asked);
  } catch (...) {
    Failure const failure = failure_of_exception();
    Outcome outcome = failed_with(failure.type, failure.message);
    if (context.stop_cause() == StopCause::timeout) outcome.kind = Outcome::Kind::timed_out;
    return outcome;
  }
}

Outcome outcome_of_exception(Context& context) {
  try {
    return outcome_of_any_exception(context);
  } catch (abi::__forced_unwind&) {
    throw;
  } catch (...) {  // no memory even to say so: these words fit into the strings themselves
    Outcome outcome;
    outcome.kind = Outcome::Kind::failed;
    outcome.failure.type = "std::bad_alloc";
    outcome.failure.message = "out of memory";
    return outcome;
  }
}

void log_failed_threw(Context& context) {
  try {
    Failure const failure = failure_of_exception();
    context.log().error("failed() threw {}: {}; the job stays discarded", failure.type,
                        core::safe_text(failure.message));
  } catch (abi::__forced_unwind&) {
    throw;
  } catch (...) {
    return;  // a log that cannot be written
  }
}

void swallow_exception() {
  try {
    throw;
  } catch (abi::__forced_unwind&) {
    throw;
  } catch (...) {
    return;
  }
}

}  // namespace kue::detail

namespace kue {

void Context::finish_in(Foreign&, std::string) {
  throw Error(ErrorKind::refused, "finish(transaction): this run has no store that can end it in a transaction of the "
                                  "program's own. Run the job in a worker "
                                  "with sqlite:PATH, and roll the transaction back here");
}

}  // namespace kue
