#include <kue/open_queue.hpp>

#include <kue/error.hpp>

#include "kue/queues/sqlite_url.hpp"
#include "kue/stores/memory/memory_store.hpp"
#include "kue/stores/sqlite/sqlite_store.hpp"

#include <string_view>

namespace kue {
namespace {

std::string scheme_of(std::string_view url) {
  auto const colon = url.find(':');
  return std::string(colon == std::string_view::npos ? std::string_view() : url.substr(0, colon));
}

}  // namespace

// The only place that knows which stores there are.
std::unique_ptr<Store> open_store(std::string const& url, StoreOptions const& options) {
  std::string const scheme = scheme_of(url);
  if (scheme == "sqlite") {
    SqliteUrl const parsed = parse_sqlite_url(url);
    return sqlite::open(parsed.path, options, parsed.options);
  }
  if (url == "memory:") return memory::open(options);
  std::string shown = url.substr(0, url.find("//") == std::string::npos ? std::string::npos : url.find("//"));  // no password in a message
  throw Error(ErrorKind::invalid, "no store of the kind '" + shown + "'; there are sqlite:PATH and memory:");
}

StoreSchema store_schema(std::string const& url) {
  if (scheme_of(url) == "sqlite") return sqlite::schema_of(parse_sqlite_url(url).path);
  (void)open_store(url);  // the sentence for a URL that is none
  return {.exists = true};
}

std::string node_lock_file(std::string const& url, std::uint64_t node) {
  if (scheme_of(url) != "sqlite") return {};
  return sqlite::node_lock_file(parse_sqlite_url(url).path, node);
}

std::unique_ptr<StoreQueue> open_store_queue(std::string const& url, StoreOptions const& options) {
  Clock const& clock = options.clock != nullptr ? *options.clock : Clock::system();
  return std::make_unique<StoreQueue>(open_store(url, options), clock);
}

}  // namespace kue
