#pragma once
// Claim: the right to run one job once. A store hands it out with the job, and every write to the running job names it.
//
//   kue::Claimed const got = store.claim({.node = node, .holder = holder}).jobs.at(0);
//   store.finish({.items = {&finish, 1}});   // with finish.claim = got.claim, whole and unchanged
//
// This is the fence: a write whose claim is no longer the job's present one changes nothing and is answered `stale`. A
// claim is a value; nobody but its store makes one.

#include <kue/id.hpp>

#include <cstdint>
#include <string>

namespace kue {

struct Claim {
  JobId id = {};
  std::int64_t seq =
      0;  // the job's number in its store, never used again: what the store goes by; 0: the queue has no store
  std::string queue = {};      // in which it was claimed
  std::int64_t lane = 0;       // from which it was taken; 0: a plain one, in which an end frees nothing
  std::uint32_t kind = 0;      // the store's number of the job's class; 0: it numbers none
  std::uint64_t holder = 0;    // who has it: 64 random bits of one process
  std::uint32_t claim_no = 0;  // times that the job was handed out, this one included
  bool operator==(Claim const&) const = default;
};

}  // namespace kue
