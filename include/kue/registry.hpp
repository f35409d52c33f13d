#pragma once
// Registry: the kinds of job that this program can run. Explicit: nothing registers itself.
//
//   kue::Registry registry;
//   registry.add<HelloWorldJob>();
//   kue::Outcome outcome = registry.find("HelloWorldJob")->run(envelope.args, context, services);
//
// Filled before workers start, then read by any thread. Adding a kind twice throws Error(conflict).

#include <kue/context.hpp>
#include <kue/job.hpp>
#include <kue/outcome.hpp>
#include <kue/services.hpp>

#include <functional>
#include <map>
#include <string>
#include <typeinfo>
#include <vector>

namespace kue {

struct ServiceNeed {
  std::type_info const* type;
  std::string name;  // as the compiler spells it, for the message
};

// A job class with its type forgotten. No function here throws what the job threw: it becomes the Outcome.
struct JobType {
  std::string kind;
  std::string class_name;  // as the compiler spells it, for messages
  JobOptions options;
  std::vector<ServiceNeed> needs;   // parameters of run() and failed() that come from Services
  std::vector<std::string> fields;  // names of the arguments, for messages

  // Reads the arguments, validates, injects, runs, and says what it came to.
  std::function<Outcome(std::string_view args, Context&, Services&)> run;
  // Throws Error(invalid) with every problem of the arguments, one a line with its path.
  std::function<void(std::string_view args)> check;
  // What backoff(attempt) says, or nothing. `attempt` is the run that has just failed, 1 for the first.
  std::function<std::optional<Millis>(std::string_view args, std::uint32_t attempt)> backoff;
  // Calls failed(...) if the class has it; called once, after the transition to discarded was written.
  std::function<void(std::string_view args, Failure const&, Context&, Services&)> failed;
};

class Registry {
 public:
  template <class J> void add();
  void add(JobType type);

  JobType const* find(std::string_view kind) const;                 // null: unknown
  std::vector<std::string> kinds() const;                           // sorted
  std::optional<std::string> suggest(std::string_view kind) const;  // the nearest known kind, if near
  // One sentence a service that a registered job needs and `services` does not have.
  std::vector<std::string> missing(Services& services) const;

 private:
  std::map<std::string, JobType, std::less<>> types_;
};

}  // namespace kue

#include <kue/detail/job_type.hpp>  // Registry::add<J>()
