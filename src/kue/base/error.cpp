#include <kue/error.hpp>

namespace kue {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::stale: return "stale";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::full: return "full";
    case ErrorKind::refused: return "refused";
  }
  return "unknown";
}

}  // namespace kue
