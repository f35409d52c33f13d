// Every store of the house passes one suite: conformance/memory/..., conformance/sqlite/...

#include "kue/stores/memory/verbs/memory_store.hpp"
#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <kue/testing/conformance.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace {

namespace fs = std::filesystem;

// A folder of its own for each database; all are gone when the program ends.
class Folders {
 public:
  Folders() {
    std::string pattern = fs::temp_directory_path() / "kue-conformance-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder like " + pattern);
    root_ = pattern;
  }
  ~Folders() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  std::string next_database() {
    fs::path const folder = root_ / std::to_string(++last_);
    fs::create_directory(folder);
    return database_ = folder / "jobs.db";
  }
  std::string const& last_database() const { return database_; }

 private:
  fs::path root_;
  int last_ = 0;
  std::string database_;
};

kue::testing::StoreFactory sqlite(std::shared_ptr<Folders> folders) {
  return {
      .name = "sqlite",
      .open =
          [folders](kue::StoreOptions const& options) { return kue::sqlite::open(folders->next_database(), options); },
      .reopen =
          [folders](kue::StoreOptions const& options) { return kue::sqlite::open(folders->last_database(), options); }};
}

kue::testing::StoreFactory memory() {
  return {.name = "memory",
          .open = [](kue::StoreOptions const& options) { return kue::memory::driver().open("memory:", options); },
          .reopen = {}};
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  auto const folders = std::make_shared<Folders>();
  kue::testing::register_conformance(memory());
  kue::testing::register_conformance(sqlite(folders));
  return RUN_ALL_TESTS();
}
