#pragma once
// Error: what went wrong, in a form that both a person and a program can act on.
//
//   try { queue.push(job); }
//   catch (kue::Error const& error) {
//     if (error.outcome_unknown()) queue.push(job_again_with_same_id);   // pushing one id twice is one job
//   }
//
// The text says what was tried, on what, what came back and what to do. Expected outcomes (a stale finish,
// an empty queue) are results, never exceptions. Objects are values; any thread may hold one.

#include <stdexcept>
#include <string>
#include <string_view>

namespace kue {

enum class ErrorKind {
  invalid,      // the caller's input: a name, a size, an option, an argument of a job
  not_found,    // the thing named does not exist
  conflict,     // it exists already, or somebody else owns it
  stale,        // the caller no longer holds what it writes to
  unavailable,  // the store cannot be reached or written now; trying again may help
  timeout,      // no answer within the time allowed
  corrupt,      // stored bytes are not what was written
  full,         // no space left; nothing that was accepted before is lost
  refused,      // understood, and not done on purpose (a queue that cannot delay, a newer schema)
};

std::string_view to_string(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string const& text) : std::runtime_error(text), kind_(kind) {}

  // For a write whose answer was lost: it may or may not have happened.
  static Error with_unknown_outcome(ErrorKind kind, std::string const& text) {
    Error error(kind, text);
    error.outcome_unknown_ = true;
    return error;
  }

  ErrorKind kind() const { return kind_; }
  bool outcome_unknown() const { return outcome_unknown_; }
  bool retryable() const {
    return kind_ == ErrorKind::unavailable || kind_ == ErrorKind::timeout || kind_ == ErrorKind::full;
  }

 private:
  ErrorKind kind_;
  bool outcome_unknown_ = false;
};

}  // namespace kue
