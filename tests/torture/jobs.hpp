#pragma once
// The jobs of the torture tests: short sleeps and short calculations, some that fail once, some that are slow to stop.

#include "witness.hpp"

#include <kue/job.hpp>
#include <kue/registry.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace torture {

inline std::uint64_t hash_args(std::string_view kind, int ms, std::string const& salt) {
  return kue::testing::hash_of(fmt::format("{} {} {}", kind, ms, salt));
}

inline void doze(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

struct Nap {
  int ms = 0;
  std::string salt;
  static constexpr std::string_view kind = "torture::nap";

  std::uint64_t hash() const { return hash_args(kind, ms, salt); }
  kue::Outcome run(kue::Context& ctx, Witness& witness) const {
    return witness.watch(ctx, hash(), [&] {
      doze(ms);
      return kue::completed();
    });
  }
};

struct Spin {
  int ms = 0;
  std::string salt;
  static constexpr std::string_view kind = "torture::spin";

  std::uint64_t hash() const { return hash_args(kind, ms, salt); }
  kue::Outcome run(kue::Context& ctx, Witness& witness) const {
    return witness.watch(ctx, hash(), [&] {
      auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
      while (std::chrono::steady_clock::now() < until) {}
      return kue::completed();
    });
  }
};

// Fails at its first attempt, and is due again at once.
struct Flaky {
  int ms = 0;
  std::string salt;
  static constexpr std::string_view kind = "torture::flaky";

  std::uint64_t hash() const { return hash_args(kind, ms, salt); }
  std::chrono::seconds backoff(std::uint32_t) const { return std::chrono::seconds(0); }
  kue::Outcome run(kue::Context& ctx, Witness& witness) const {
    return witness.watch(ctx, hash(), [&] {
      doze(ms);
      if (ctx.attempt() == 1) throw std::runtime_error("the first attempt fails");
      return kue::completed();
    });
  }
};

// Longer than the stop deadline of the tests, and deaf to the stop token: only SIGKILL ends it.
struct Stubborn {
  int ms = 0;
  std::string salt;
  static constexpr std::string_view kind = "torture::stubborn";

  std::uint64_t hash() const { return hash_args(kind, ms, salt); }
  kue::Outcome run(kue::Context& ctx, Witness& witness) const {
    return witness.watch(ctx, hash(), [&] {
      doze(ms);
      return kue::completed();
    });
  }
};

// As long, but it hears: gives itself back when asked to stop.
struct Patient {
  int ms = 0;
  std::string salt;
  static constexpr std::string_view kind = "torture::patient";

  std::uint64_t hash() const { return hash_args(kind, ms, salt); }
  kue::Outcome run(kue::Context& ctx, Witness& witness) const {
    return witness.watch(ctx, hash(), [&]() -> kue::Outcome {
      for (int slept = 0; slept < ms; slept += 5) {
        if (ctx.stop_requested()) return kue::interrupted();
        doze(5);
      }
      return kue::completed();
    });
  }
};

inline void add_jobs(kue::Registry& registry) {
  registry.add<Nap>();
  registry.add<Spin>();
  registry.add<Flaky>();
  registry.add<Stubborn>();
  registry.add<Patient>();
}

}  // namespace torture
