#include "spark/console/program/bench/bench_job.hpp"

#include "spark/console/program/bench/board.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace spark::bench {
namespace {

std::string board_path() {
  char const* const path = std::getenv(kBoardVariable);
  if (path == nullptr)
    throw std::runtime_error(std::string("this job runs under spark bench only: ") + kBoardVariable + " is not set");
  return path;
}

}  // namespace

void BenchJob::run() const {
  static Board board(board_path());  // of this child: mapped at its first job
  board.start(number);
  if (ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  board.end();
}

}  // namespace spark::bench
