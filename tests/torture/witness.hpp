#pragma once
// Witness: how a torture job says that it runs, in words that neither the worker nor the store can make up.
//
//   kue::Outcome run(kue::Context& ctx, Witness& witness) const {
//     return witness.watch(ctx, hash(), [&] { sleep_for(ms); return kue::completed(); });
//   }
//
// Each run appends its lines to the process's own journal and holds a kernel lock of its own job while it lives. The
// lock of a dead process is free at once, so a lock that is taken proves that another process is inside the same job
// right now.

#include <kue/context.hpp>
#include <kue/outcome.hpp>
#include <kue/services.hpp>
#include <kue/testing/journal.hpp>

#include <memory>
#include <string>
#include <typeinfo>

namespace torture {

class Witness {
 public:
  explicit Witness(std::string const& directory);  // one a process, made after the fork
  Witness(Witness const&) = delete;
  ~Witness();

  template <class Body> kue::Outcome watch(kue::Context& ctx, std::uint64_t args_hash, Body&& body) {
    begin(ctx, args_hash);
    try {
      kue::Outcome const outcome = body();
      end(ctx, outcome.kind == kue::Outcome::Kind::interrupted ? "interrupted" : "returned");
      return outcome;
    } catch (...) {
      end(ctx, "threw");
      throw;
    }
  }

 private:
  void begin(kue::Context& ctx, std::uint64_t args_hash);
  void end(kue::Context& ctx, std::string_view how);
  int lock(kue::JobId job);  // the pid of another process that holds it, or 0 and it is ours
  void unlock(kue::JobId job);

  kue::testing::JournalWriter journal_;
  int locks_ = -1;
};

// Hands the witness to the jobs; built at the first use, so that only a process that runs jobs has a journal.
class WitnessServices : public kue::Services {
 public:
  explicit WitnessServices(std::string directory) : directory_(std::move(directory)) {}

  void* find(std::type_info const& type) override {
    if (type != typeid(Witness)) return nullptr;
    if (!witness_) witness_ = std::make_unique<Witness>(directory_);
    return witness_.get();
  }
  bool has(std::type_info const& type) override { return type == typeid(Witness); }

 private:
  std::string directory_;
  std::unique_ptr<Witness> witness_;
};

}  // namespace torture
