#pragma once
// Envelope: a job on its way. What a queue stores and hands on; data only, never code.
//
//   redis.rpush("spark:queue", envelope.to_bytes());
//   kue::Envelope envelope = kue::Envelope::from_bytes(reply);
//
// to_bytes is one line of JSON (docs/internals/formats.md). from_bytes reads untrusted input: it throws
// Error(corrupt) for anything that to_bytes does not write, and keeps to the sizes of kue/limits.hpp.

#include <kue/clock.hpp>
#include <kue/id.hpp>
#include <kue/limits.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kue {

struct Envelope {
  JobId id = {};
  std::string kind = {};
  std::string queue = "default";
  std::string args = "{}";               // a JSON object, fields by name
  std::uint32_t schema = 1;              // version of the arguments' shape
  std::optional<TimePoint> run_at = {};  // not before; none: at once
  int priority = 0;                      // lower first
  std::uint32_t max_attempts = limits::kDefaultMaxAttempts;
  Millis timeout{0};  // of one run; 0: none
  std::vector<std::string> tags = {};
  std::map<std::string, std::string> meta = {};

  std::string to_bytes() const;
  static Envelope from_bytes(std::string_view bytes);

  // Throws Error(invalid) that names every field out of its limits (names, sizes, UTF-8, ranges).
  void check() const;

  bool operator==(Envelope const&) const = default;
};

// A queue, kind or tag: 1 to 128 characters. Queues and tags are letters, digits, '_', '.', '-', starting with a
// letter or digit; kinds may also hold ':' and '<>,* &' (C++ qualified names).
bool valid_name(std::string_view name);
bool valid_kind(std::string_view kind);
bool valid_utf8(std::string_view text);

}  // namespace kue
