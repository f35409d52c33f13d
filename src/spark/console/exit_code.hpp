#pragma once
// What a command's exit code says. One table for the console, the documentation and the tests.

#include <kue/error.hpp>

namespace spark {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,  // or configuration
  kNotFound = 3,
  kUnavailable = 4,  // the store cannot be reached, written or has no space
  kRefused = 5,      // understood, and not done on purpose
  kBug = 70,         // ours
};

constexpr int exit_code(kue::ErrorKind kind) {
  switch (kind) {
    case kue::ErrorKind::invalid: return kUsage;
    case kue::ErrorKind::not_found: return kNotFound;
    case kue::ErrorKind::unavailable:
    case kue::ErrorKind::timeout:
    case kue::ErrorKind::full: return kUnavailable;
    case kue::ErrorKind::conflict:
    case kue::ErrorKind::stale:
    case kue::ErrorKind::refused: return kRefused;
    case kue::ErrorKind::corrupt: return kFailed;
  }
  return kBug;
}

}  // namespace spark
