#include <kue/outcome.hpp>

namespace kue {

std::string_view to_string(Outcome::Kind kind) {
  using Kind = Outcome::Kind;
  switch (kind) {
    case Kind::completed: return "completed";
    case Kind::failed: return "failed";
    case Kind::timed_out: return "timed_out";
    case Kind::snoozed: return "snoozed";
    case Kind::cancelled: return "cancelled";
    case Kind::gave_up: return "gave_up";
    case Kind::corrupt: return "corrupt";
    case Kind::unknown_kind: return "unknown_kind";
    case Kind::interrupted: return "interrupted";
    case Kind::returned: return "returned";
    case Kind::crashed: return "crashed";
    case Kind::oom: return "oom";
    case Kind::hard_timeout: return "hard_timeout";
    case Kind::lost_call: return "lost_call";
    case Kind::store_restart: return "store_restart";
    case Kind::node_lost: return "node_lost";
  }
  return "unknown";
}

}  // namespace kue
