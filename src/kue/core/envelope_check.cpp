#include "kue/core/envelope_problems.hpp"

#include <kue/detail/kind_name.hpp>
#include <kue/error.hpp>

#include "kue/core/json_document.hpp"
#include "kue/core/safe_text.hpp"

namespace kue {

bool valid_name(std::string_view name) { return detail::is_queue_name(name); }
bool valid_kind(std::string_view kind) { return detail::is_kind(kind); }

namespace detail {

static std::string shown(std::string_view text) { return "'" + core::safe_text(text, 200) + "'"; }

static void check_args(std::string const& args, bool parse, std::vector<std::string>& problems) {
  if (args.size() > limits::kMaxArgsBytes) {
    problems.push_back("args: " + std::to_string(args.size()) + " bytes, at most " +
                       std::to_string(limits::kMaxArgsBytes) + "; store the data elsewhere and pass a reference");
    return;
  }
  if (!parse || is_plain_object(args)) return;
  JsonDocument document(args);
  for (std::string const& problem : document.problems()) problems.push_back("args: " + problem);
  if (document.parsed() && document.node(0).kind != JsonNode::Kind::object)
    problems.push_back("args: not a JSON object");
}

static void check_numbers(Envelope const& e, std::vector<std::string>& problems) {
  if (e.schema < 1) problems.push_back("schema: must be at least 1");
  if (e.run_at &&
      (e.run_at->time_since_epoch().count() < 0 || e.run_at->time_since_epoch().count() > limits::kMaxTimeMs)) {
    problems.push_back("run_at: must be between the years 1970 and 9999");
  }
  if (e.priority < limits::kMinPriority || e.priority > limits::kMaxPriority) {
    problems.push_back("priority: " + std::to_string(e.priority) + " is not between " +
                       std::to_string(limits::kMinPriority) + " and " + std::to_string(limits::kMaxPriority));
  }
  if (e.max_attempts < 1 || e.max_attempts > limits::kMaxMaxAttempts) {
    problems.push_back("max_attempts: " + std::to_string(e.max_attempts) + " is not between 1 and " +
                       std::to_string(limits::kMaxMaxAttempts) + "; the first attempt counts");
  }
  if (e.timeout.count() < 0) problems.push_back("timeout: must not be negative; 0 is none");
  if (e.timeout > limits::kMaxJobTimeout) problems.push_back("timeout: longer than 365 days");
}

static void check_labels(Envelope const& e, std::vector<std::string>& problems) {
  if (e.tags.size() > limits::kMaxTags) {
    problems.push_back("tags: " + std::to_string(e.tags.size()) + " of them, at most " +
                       std::to_string(limits::kMaxTags));
  }
  for (std::string const& tag : e.tags) {
    if (!valid_name(tag))
      problems.push_back("tags: " + shown(tag) + " is no name (1 to 128 letters, digits, '_', '.', '-')");
  }
  std::size_t bytes = 0;
  for (auto const& [key, value] : e.meta) {
    bytes += key.size() + value.size();
    if (!valid_name(key))
      problems.push_back("meta: " + shown(key) + " is no name (1 to 128 letters, digits, '_', '.', '-')");
    if (!valid_utf8(value)) problems.push_back("meta." + core::safe_text(key, 200) + ": is not UTF-8");
  }
  if (bytes > limits::kMaxMetaBytes) {
    problems.push_back("meta: " + std::to_string(bytes) + " bytes, at most " + std::to_string(limits::kMaxMetaBytes));
  }
}

std::vector<std::string> envelope_problems(Envelope const& e, bool parse_args) {
  std::vector<std::string> problems;
  if (e.id.nil()) problems.push_back("id: is nil; JobId::make() makes one");
  if (!valid_kind(e.kind)) {
    problems.push_back("kind: " + shown(e.kind) +
                       " is no kind (1 to 128 letters, digits, '_', '.', '-', ':', '<>,* &')");
  }
  if (!valid_name(e.queue)) {
    problems.push_back("queue: " + shown(e.queue) +
                       " is no name (1 to 128 letters, digits, '_', '.', '-', the first a letter or digit)");
  }
  check_args(e.args, parse_args, problems);
  check_numbers(e, problems);
  check_labels(e, problems);
  return problems;
}

}  // namespace detail

void Envelope::check() const {
  auto const problems = detail::envelope_problems(*this);
  if (problems.empty()) return;
  std::string const what = kind.empty() ? "a job" : "a " + core::safe_text(kind, 200);
  throw Error(ErrorKind::invalid, "cannot push " + what + ":" + detail::listed(problems));
}

}  // namespace kue
