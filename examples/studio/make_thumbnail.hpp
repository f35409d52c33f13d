#pragma once
// MakeThumbnail: the job. One size of one picture; each is a job of its own, so that four children share a picture.
//
//   queue.push(studio::MakeThumbnail{id.str(), 480});
//
// Running it twice is harmless: the file is replaced by an equal one. A file that cannot be read is discarded with the
// sentence that the page shows; anything else (a full disk) is an error and is tried again.

#include <kue/context.hpp>
#include <kue/limits.hpp>
#include <kue/options.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace studio {

class Library;

// What a run gives back; kept in the store as the job's result.
struct Thumbnail {
  int width = 0;
  int height = 0;
  std::int64_t bytes = 0;
  bool original_size = false;  // the original is not larger than this size: copied, never enlarged
  int pid = 0;                 // who made it: a child of queue:worker
  int parent_pid = 0;          // the worker's master
};

struct MakeThumbnail {
  std::string picture;
  int size = 0;

  static constexpr kue::JobOptions options{.queue = "pictures", .max_attempts = 3, .timeout = std::chrono::minutes(1)};

  void validate() const;
  std::chrono::milliseconds backoff(std::uint32_t attempt) const { return std::chrono::seconds(attempt); }
  Thumbnail run(kue::Context& ctx, Library& library) const;
};

}  // namespace studio
