// From class and push to an envelope; the part of make_envelope() that knows no type.
#include <kue/error.hpp>
#include <kue/job.hpp>

#include "kue/core/envelope_problems.hpp"

namespace kue::detail {

static std::optional<TimePoint> due_at(PushOptions const& options, Clock const& clock,
                                       std::vector<std::string>& problems) {
  if (options.delay && options.run_at) problems.push_back("options: give delay or run_at, not both");
  if (!options.delay) return options.run_at;
  if (options.delay->count() < 0) problems.push_back("delay: must not be negative");
  if (options.delay->count() <= 0) return std::nullopt;
  TimePoint const now = clock.now();
  if (options.delay->count() > limits::kMaxTimeMs - now.time_since_epoch().count()) {
    problems.push_back("delay: reaches beyond the year 9999");
    return std::nullopt;
  }
  return now + *options.delay;
}

Envelope draft(std::string_view kind, JobOptions const& of_class, PushOptions const& of_push, Writer& args,
               Clock const& clock) {
  std::vector<std::string> problems = args.problems();
  Envelope envelope;
  envelope.id = JobId::make();
  envelope.kind = kind;
  envelope.queue = of_push.queue ? *of_push.queue : std::string(of_class.queue);
  envelope.args = args.take();
  envelope.schema = of_class.schema;
  envelope.run_at = due_at(of_push, clock, problems);
  envelope.priority = of_push.priority.value_or(of_class.priority);
  envelope.max_attempts = of_push.max_attempts.value_or(of_class.max_attempts);
  envelope.timeout = of_push.timeout.value_or(of_class.timeout);
  envelope.tags = of_push.tags;
  // A Writer writes JSON; what it was given raw is parsed where it is pushed, as every queue does.
  for (std::string& problem : envelope_problems(envelope, false)) problems.push_back(std::move(problem));
  if (problems.empty()) return envelope;
  throw Error(ErrorKind::invalid, "cannot push a " + std::string(kind) + ":" + listed(problems));
}

}  // namespace kue::detail
