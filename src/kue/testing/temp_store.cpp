#include <kue/error.hpp>
#include <kue/testing/temp_store.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace kue::testing {

TempStore::TempStore() : made_by_(::getpid()) {
  std::error_code none;
  std::filesystem::path base = std::filesystem::temp_directory_path(none);
  std::string name =
      std::filesystem::absolute((none ? std::filesystem::path("/tmp") : base) / "kue-test.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorKind::unavailable, "cannot make a temporary folder like " + name + ": " + std::strerror(errno) +
                                            "; set TMPDIR to another place");
  }
  folder_ = name;
}

TempStore::~TempStore() {
  std::error_code ignored;
  if (made_by_ == ::getpid()) std::filesystem::remove_all(folder_, ignored);
}

std::string TempStore::path(std::string_view name) const {
  return name.empty() ? folder_ : folder_ + "/" + std::string(name);
}

}  // namespace kue::testing
