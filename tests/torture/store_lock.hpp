#pragma once
// StoreLock: holds the write lock of a SQLite file as another program might, so that whoever writes has to wait.

#include <memory>
#include <string>

struct sqlite3;

namespace torture {

class StoreLock {
 public:
  explicit StoreLock(std::string const& file);  // waits for the lock; throws std::runtime_error after ten seconds
  ~StoreLock();
  StoreLock(StoreLock const&) = delete;

 private:
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> db_;
};

}  // namespace torture
