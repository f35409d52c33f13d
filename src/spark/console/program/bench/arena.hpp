#pragma once
// Arena: the folder, store and board of one work, made fresh and removed at its end.

#include "spark/console/program/bench/board.hpp"

#include <memory>
#include <string>

namespace spark::bench {

struct Setting {
  std::string store_path;           // database file; each work has one of its own beside it: PATH-WORK
  std::string durability = "full";  // or process
  bool allow_tmpfs = false;
  std::uint64_t jobs = 0;  // 0: the work's own number
};

class Arena {
 public:
  Arena(Setting const& setting, std::string const& work, std::uint64_t jobs);
  ~Arena();
  Arena(Arena const&) = delete;

  void keep_events() { events_ = true; }  // the store's event log is on
  bool keeps_events() const { return events_; }

  Board& board() { return *board_; }
  std::string const& durability() const { return durability_; }
  std::string store_url() const { return "sqlite:" + database_; }
  std::string const& board_path() const { return board_path_; }
  std::string const& log_file() const { return log_file_; }

 private:
  std::string database_, board_path_, log_file_, durability_;
  bool events_ = false;
  std::unique_ptr<Board> board_;
};

// "ext4"; throws kue::Error(refused) for memory disguised as a disk, unless allowed.
std::string file_system_of(std::string const& store_path, bool allow_tmpfs);

}  // namespace spark::bench
