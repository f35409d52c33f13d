#include "kue/stores/sqlite/tables/rows.hpp"

#include <algorithm>
#include <charconv>

namespace kue::sqlite {
namespace {

void append_piece(std::string& packed, std::string_view bytes) {
  packed += std::to_string(bytes.size());
  packed += ':';
  packed += bytes;
}

std::optional<std::string> take_piece(std::string_view& packed) {
  std::size_t size = 0;
  char const* const end = packed.data() + packed.size();
  auto const [rest, error] = std::from_chars(packed.data(), end, size);
  if (error != std::errc() || rest == end || *rest != ':') return std::nullopt;
  packed.remove_prefix(static_cast<std::size_t>(rest - packed.data()) + 1);
  if (size > packed.size()) return std::nullopt;
  std::string piece(packed.substr(0, size));
  packed.remove_prefix(size);
  return piece;
}

}  // namespace

Place place_of(State state) {
  switch (state) {
    case State::scheduled:
    case State::retryable: return Place::later;
    case State::available: return Place::claimable;
    case State::running: return Place::running;
    default: return Place::nowhere;
  }
}

std::string pack_tag(std::string_view tag) { return tag.empty() ? std::string() : '\n' + std::string(tag) + '\n'; }

std::optional<std::string> pack_tags(std::vector<std::string> const& tags) {
  if (tags.empty()) return std::nullopt;
  std::string packed = "\n";
  for (std::string const& tag : tags) packed += tag + '\n';
  return packed;
}

std::vector<std::string> unpack_tags(std::string_view packed) {
  std::vector<std::string> tags;
  for (std::size_t at = 1; at < packed.size();) {
    std::size_t const end = std::min(packed.find('\n', at), packed.size());
    tags.emplace_back(packed.substr(at, end - at));
    at = end + 1;
  }
  return tags;
}

std::optional<std::string> pack_meta(std::map<std::string, std::string> const& meta) {
  if (meta.empty()) return std::nullopt;
  std::string packed;
  for (auto const& [key, value] : meta) {
    append_piece(packed, key);
    append_piece(packed, value);
  }
  return packed;
}

std::optional<std::map<std::string, std::string>> unpack_meta(std::string_view packed) {
  std::map<std::string, std::string> meta;
  while (!packed.empty()) {
    auto key = take_piece(packed);
    auto value = key ? take_piece(packed) : std::nullopt;
    if (!value) return std::nullopt;
    meta.emplace(std::move(*key), std::move(*value));
  }
  return meta;
}

Envelope read_envelope(Use const& row, int first) {
  Envelope job;
  job.id = row.id(first);
  job.kind = row.text(first + 1);
  job.queue = row.text(first + 2);
  job.args = row.text(first + 3);
  job.schema = row.small(first + 4);
  job.run_at = row.maybe_time(first + 5);
  job.priority = static_cast<int>(row.integer(first + 6));
  job.max_attempts = row.small(first + 7);
  job.timeout = Millis(row.integer(first + 8));
  if (!row.null(first + 9)) job.tags = unpack_tags(row.text(first + 9));
  if (!row.null(first + 10))
    job.meta = unpack_meta(row.text(first + 10)).value_or(std::map<std::string, std::string>());
  return job;
}

bool is_envelope(Use const& row, int first) {
  bool const typed = row.is_id(first) && row.is_text(first + 1) && row.is_text(first + 2) && row.is_text(first + 3) &&
                     row.is_integer(first + 4) && row.is_integer(first + 6) && row.is_integer(first + 7) &&
                     row.is_integer(first + 8);
  return typed && !row.text(first + 1).empty() && (row.null(first + 10) || unpack_meta(row.text(first + 10)));
}

Tally read_tally(Use const& row, int first) {
  return {.attempt = row.small(first),
          .max_attempts = row.small(first + 1),
          .crashes = row.small(first + 2),
          .node_losses = row.small(first + 3),
          .interruptions = row.small(first + 4),
          .unknown_since = row.maybe_time(first + 5)};
}

JobRecord read_record(Use const& row) {
  JobRecord record;
  record.job = read_envelope(row, 0);
  record.seq = row.integer(11);
  record.inserted_at = row.time(12);
  record.state = static_cast<State>(row.integer(13));
  record.run_at = row.time(14);
  record.tally = read_tally(row, 15);
  record.claim_no = row.small(21);
  record.holder = row.bits(22);
  record.node = row.bits(23);
  record.attempted_at = row.maybe_time(24);
  record.finished_at = row.maybe_time(25);
  record.result = row.text(26);
  if (!row.null(27))
    record.progress = Progress{.percent = static_cast<int>(row.integer(27)), .note = std::string(row.text(28))};
  record.cancel_asked_at = row.maybe_time(29);
  record.claimed_at = row.maybe_time(30);
  return record;
}

Attempt read_attempt(Use const& row) {
  return {.claim_no = row.small(0),
          .attempt = row.small(1),
          .reason = static_cast<Reason>(row.integer(2)),
          .failure = {.type = std::string(row.text(3)),
                      .message = std::string(row.text(4)),
                      .signal = static_cast<int>(row.integer(5))},
          .started_at = row.time(6),
          .ended_at = row.time(7),
          .node = row.bits(8),
          .pid = static_cast<int>(row.integer(9)),
          .record = std::string(row.text(10))};
}

}  // namespace kue::sqlite
