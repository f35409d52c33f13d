#include <kue/open_queue.hpp>

#include <kue/error.hpp>

#include "kue/stores/memory/memory_store.hpp"
#include "kue/stores/sqlite/sqlite_store.hpp"

#include <optional>
#include <string_view>

namespace kue {
namespace {

std::string scheme_of(std::string_view url) {
  auto const colon = url.find(':');
  return std::string(colon == std::string_view::npos ? std::string_view() : url.substr(0, colon));
}

// sqlite:relative, sqlite:/absolute and sqlite:///absolute
std::string sqlite_path(std::string_view url) {
  std::string_view path = url.substr(std::string_view("sqlite:").size());
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    if (!path.starts_with("/")) {
      throw Error(ErrorKind::invalid,
                  "store URL '" + std::string(url) + "' names a host; SQLite is a file: write sqlite:spark.db or sqlite:///srv/app/spark.db");
    }
  }
  if (path.empty()) throw Error(ErrorKind::invalid, "store URL 'sqlite:' has no path; write sqlite:spark.db");
  return std::string(path);
}

}  // namespace

// The only place that knows which stores there are.
std::unique_ptr<Store> open_store(std::string const& url, StoreOptions const& options) {
  std::string const scheme = scheme_of(url);
  if (scheme == "sqlite") return sqlite::open(sqlite_path(url), options);
  if (url == "memory:") return memory::open(options);
  std::string shown = url.substr(0, url.find("//") == std::string::npos ? std::string::npos : url.find("//"));  // no password in a message
  throw Error(ErrorKind::invalid, "no store of the kind '" + shown + "'; there are sqlite:PATH and memory:");
}

StoreSchema store_schema(std::string const& url) {
  if (scheme_of(url) == "sqlite") return sqlite::schema_of(sqlite_path(url));
  (void)open_store(url);  // the sentence for a URL that is none
  return {.exists = true};
}

std::string node_lock_file(std::string const& url, std::uint64_t node) {
  if (scheme_of(url) != "sqlite") return {};
  return sqlite::node_lock_file(sqlite_path(url), node);
}

std::unique_ptr<StoreQueue> open_store_queue(std::string const& url, StoreOptions const& options) {
  Clock const& clock = options.clock != nullptr ? *options.clock : Clock::system();
  return std::make_unique<StoreQueue>(open_store(url, options), clock);
}

}  // namespace kue
