#pragma once
// Pushed: what became of a push.
//
//   kue::Pushed const pushed = queue.push(SendInvoice(7));
//   if (pushed.status == kue::PushStatus::already) return;   // this very job was pushed before
//   kue::JobId id = pushed;                                  // all that most callers want

#include <kue/id.hpp>

#include <cstdint>

namespace kue {

enum class PushStatus : std::uint8_t {
  pushed,     // the queue has it
  already,    // a job of this id was pushed before; one id is one job
  collected,  // a batch or a buffer has it in memory and sends it with its next flush()
};

struct Pushed {
  JobId id = {};
  PushStatus status = PushStatus::pushed;
  operator JobId() const { return id; }
  bool operator==(Pushed const&) const = default;
};

}  // namespace kue
