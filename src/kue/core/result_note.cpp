#include "kue/core/result_note.hpp"

#include "kue/core/safe_text.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>

#include <optional>

namespace kue::core {
namespace {

struct Note {
  std::string result_not_kept;
  std::optional<std::size_t> bytes, limit;
};

}  // namespace

std::string why_not_kept(std::string_view result) {
  if (!result.starts_with(R"({"result_not_kept":)")) return {};
  try {
    return from_json<Note>(result).result_not_kept;
  } catch (Error const&) {  // a result of the job's own that begins so
    return {};
  }
}

std::string result_note(std::string_view why) {
  Writer out;
  out.begin_object();
  out.key("result_not_kept");
  out.string(safe_text(why, limits::kMaxHeadTextBytes));
  out.end_object();
  return out.take();
}

std::string result_note_too_long(std::size_t bytes) {
  return fmt::format(R"({{"result_not_kept":"{0} bytes as JSON, at most {1}; store the data elsewhere and return a )"
                     R"(reference","bytes":{0},"limit":{1}}})",
                     bytes, limits::kMaxResultBytes);
}

Outcome without_what_is_refused(Outcome const& outcome, std::string_view why) {
  if (outcome.kind == Outcome::Kind::completed && !outcome.result.empty())
    return {.kind = Outcome::Kind::completed, .result = result_note(why)};
  return {.kind = Outcome::Kind::failed, .failure = {.type = "kue::Error", .message = std::string(why)}};
}

}  // namespace kue::core
