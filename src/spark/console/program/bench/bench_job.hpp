#pragma once
// The job of the benchmark: about 100 bytes of arguments, and nothing to do but say that it ran.

#include <cstdint>
#include <string>
#include <string_view>

namespace spark::bench {

inline constexpr char kBoardVariable[] = "KUE_BENCH_BOARD";  // set for the worker: where the board is

struct BenchJob {
  static constexpr std::string_view kind = "spark::bench::Job";
  std::uint32_t number = 0;
  std::uint32_t ms = 0;  // how long it works
  std::string filler = "text, as long as an address or the name of a file in a folder";

  void run() const;
};

}  // namespace spark::bench
