#pragma once
// TempStore: an SQLite store in a folder of its own, which is gone at the end of the test.
//
//   kue::testing::TempStore temp;
//   auto queue = kue::open_store_queue(temp.url());
//   std::ofstream(temp.path("photo.jpg")) << "...";      // other files of the test fit in there too
//
// Opens nothing by itself. The folder is removed by the process that made it only. Throws Error(unavailable) if there
// can be none.

#include <string>
#include <string_view>

namespace kue::testing {

class TempStore {
 public:
  TempStore();
  ~TempStore();
  TempStore(TempStore const&) = delete;
  TempStore& operator=(TempStore const&) = delete;

  std::string url() const { return "sqlite:" + path("jobs.db"); }
  std::string path(std::string_view name = {}) const;  // absolute

 private:
  std::string folder_;
  int made_by_;
};

}  // namespace kue::testing
