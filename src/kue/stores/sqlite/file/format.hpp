#pragma once
// Format: what a file has to hold to be ours. The storey above knows; the database asks.

#include "kue/stores/sqlite/file/connection.hpp"

#include <string>

namespace kue::sqlite {

class Format {
 public:
  struct Found {
    int version = 0;           // 0: nothing in it yet
    std::string refused = {};  // why it is not ours to use; empty: it is
  };
  virtual ~Format() = default;
  virtual int newest() const = 0;
  virtual Found look(Connection& connection) const = 0;    // reads only
  virtual void migrate(Connection& connection) const = 0;  // under the write lock, which it takes
  virtual void touch(Connection& connection) const = 0;    // writes one page
};

}  // namespace kue::sqlite
