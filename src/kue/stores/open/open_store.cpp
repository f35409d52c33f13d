#include <kue/error.hpp>
#include <kue/store.hpp>

#include "kue/stores/guard/guard.hpp"
#include "kue/stores/memory/verbs/memory_store.hpp"
#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <string_view>

namespace kue {
namespace {

std::string_view scheme_of(std::string_view url) {
  auto const colon = url.find(':');
  return colon == std::string_view::npos ? std::string_view() : url.substr(0, colon);
}

// A URL without what may be a password in it.
std::string shown(std::string const& url) { return url.substr(0, url.find("//")); }

std::string examples_of(std::span<StoreDriver const> drivers) {
  std::string all;
  for (std::size_t i = 0; i < drivers.size(); ++i)
    all += (i == 0 ? "" : i + 1 == drivers.size() ? " and " : ", ") + drivers[i].example;
  return all;
}

}  // namespace

// The only place that knows which stores there are.
std::vector<StoreDriver> const& store_drivers() {
  static std::vector<StoreDriver> const drivers{sqlite::driver(), memory::driver()};
  return drivers;
}

std::unique_ptr<Store> open_store(std::string const& url, StoreOptions const& options,
                                  std::span<StoreDriver const> drivers) {
  for (StoreDriver const& driver : drivers) {
    if (driver.scheme != scheme_of(url)) continue;
    auto store = std::make_unique<GuardedStore>(driver.open(url, options), options);
    if (options.migrate) store->migrate();
    return store;
  }
  throw Error(ErrorKind::invalid, "no store of the kind '" + shown(url) + "'; there are " + examples_of(drivers));
}

}  // namespace kue
