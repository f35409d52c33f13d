#include "kue/core/attempt_record.hpp"

#include "kue/core/decide.hpp"
#include "kue/core/json_document.hpp"
#include "kue/core/safe_text.hpp"

#include <kue/json.hpp>

#include <utility>

namespace kue {
namespace core {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxBacktraceBytes = 32 * 1024;
constexpr int kMostSpelled = 2;  // bytes for one in JSON, after safe_text: quotes, backslashes, line feeds and tabs
static_assert(kMostSpelled * (kMaxBacktraceBytes + limits::kMaxErrorTextBytes) + 256 <= limits::kMaxRecordBytes);

void read_text(Reader& object, std::string_view name, std::string& into) {
  auto field = object.field(name);
  if (!field) return;
  if (auto const text = field->string()) into = *text;
}

}  // namespace

Attempt attempt_of(Failure const& failure, Attempt head) {
  std::string message = safe_text(failure.message, limits::kMaxHeadTextBytes);
  bool const whole = message == failure.message && failure.backtrace.empty();
  head.failure = {
      .type = safe_text(failure.type, limits::kMaxNameBytes), .message = std::move(message), .signal = failure.signal};
  if (!whole) head.record = pack({.message = failure.message, .backtrace = failure.backtrace});
  return head;
}

Finish finish_of(Claim const& claim, Outcome const& outcome, Transition const& next,
                 std::optional<TimePoint> started_at, Attempt run) {
  Finish item{.claim = claim, .transition = next, .started_at = started_at, .attempt = {}, .result = outcome.result};
  if (!is_remembered(next)) return item;
  run.claim_no = claim.claim_no;
  run.reason = next.reason;
  run.started_at = started_at.value_or(run.started_at);
  item.attempt = attempt_of(outcome.failure, std::move(run));
  return item;
}

std::string pack(AttemptRecord const& record) {
  Writer out;
  out.begin_object();
  out.key("v");
  out.integer(kVersion);
  out.key("message");
  out.string(safe_text(record.message));
  out.key("backtrace");
  out.string(safe_text(record.backtrace, kMaxBacktraceBytes));
  out.end_object();
  return out.take();
}

std::optional<AttemptRecord> unpack_attempt_record(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  JsonDocument document(bytes);
  if (!document.parsed()) return std::nullopt;
  Reader root = document.root();
  auto version = root.field("v");
  if (!version || version->integer() != kVersion) return std::nullopt;
  AttemptRecord record;
  read_text(root, "message", record.message);
  read_text(root, "backtrace", record.backtrace);
  if (!document.problems().empty()) return std::nullopt;
  return record;
}

}  // namespace core

Failure whole_failure(Attempt const& attempt) {
  Failure failure = attempt.failure;
  auto record = core::unpack_attempt_record(attempt.record);
  if (!record) return failure;
  failure.message = std::move(record->message);
  failure.backtrace = std::move(record->backtrace);
  return failure;
}

}  // namespace kue
