#pragma once
// What the page is told, as JSON: one Update holds the pictures that changed. Plain data; kue::to_json writes it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace studio {

struct SizeView {
  int size = 0;              // longest side asked for
  std::string state;         // waiting, running, again (failed, will be tried again), done, failed
  int percent = 0;           // while it runs
  std::string note;          // what it does right now
  std::string problem;       // again, failed: a sentence
  std::optional<int> width, height;
  std::optional<std::int64_t> bytes;
  bool original_size = false;
  std::optional<std::int64_t> waited_ms, ran_ms;
  bool operator==(SizeView const&) const = default;
};

struct PictureView {
  std::string id, name, format;
  int width = 0, height = 0;
  std::int64_t bytes = 0;
  std::int64_t added_at_ms = 0;
  std::optional<double> answered_ms;  // how long the upload's request took; not known after a restart of the server
  std::vector<SizeView> sizes;
};

struct Counts {
  std::int64_t waiting = 0, running = 0, done = 0, failed = 0;
  bool operator==(Counts const&) const = default;
};

struct Update {
  std::uint64_t revision = 0;
  bool full = false;             // pictures holds all, not only what changed
  Counts counts;
  int workers = 0;               // worker processes that the store knows to be alive
  std::string trouble;           // the store cannot be read: a sentence
  std::vector<PictureView> pictures;  // oldest first
};

// The two answers to an upload.
struct Accepted {  // 202
  std::string id;
  double answered_ms = 0;
  std::map<int, std::string> jobs;  // size -> job id
};
struct Refusal {  // 4xx, 5xx
  std::string error;
};

}  // namespace studio
