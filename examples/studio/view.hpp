#pragma once
// What the page is told, as JSON: one Update holds the pictures that changed. Plain data; kue::to_json writes it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace studio {

struct SizeView {
  int size = 0;         // longest side asked for
  std::string state;    // waiting, running, again (failed, will be tried again), done, failed (for good)
  int percent = 0;      // while it runs
  std::string note;     // what it does right now
  std::string problem;  // what the last run failed of, until one succeeds: a sentence
  std::optional<int> width, height;
  std::optional<std::int64_t> bytes;
  bool original_size = false;
  int tries = 0, max_tries = 0;             // runs that count, with the one in progress; how many there may be
  std::optional<std::int64_t> again_at_ms;  // again: when, UTC
  std::optional<std::int64_t> waited_ms;    // from the push to the start of the last run
  std::optional<std::int64_t> worked_ms;    // every run so far, each from its own start to its finish
  std::vector<int> pids;                    // of the processes that ran it; the last one made the file
  bool operator==(SizeView const&) const = default;
};

struct PictureView {
  std::string id, name, format;
  int width = 0, height = 0;
  std::int64_t bytes = 0;
  std::int64_t added_at_ms = 0;
  // The upload's request, from its head to the answer: the file received, kept, its jobs pushed. Not known after a
  // restart.
  std::optional<double> answered_ms;
  std::vector<SizeView> sizes;
};

struct Counts {
  std::int64_t waiting = 0, running = 0, retrying = 0, done = 0, failed = 0;
  bool operator==(Counts const&) const = default;
};

struct Update {
  std::uint64_t revision = 0;
  bool full = false;  // pictures holds all, not only what changed
  Counts counts;
  std::vector<int> workers;           // masters of the queue:workers that the store knows to be alive, by pid
  std::string worker_command;         // starts one for this store and these pictures, from any folder
  std::string trouble;                // the store cannot be read: a sentence
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
struct Retried {  // 202 to "try again"
  int jobs = 0;
};

}  // namespace studio
