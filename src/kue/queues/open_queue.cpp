#include <kue/open_queue.hpp>

namespace kue {

std::unique_ptr<StoreQueue> open_store_queue(std::string const& url, StoreOptions const& options) {
  Clock const& clock = options.clock != nullptr ? *options.clock : Clock::system();
  std::unique_ptr<Store> store = open_store(url, options);
  if (options.migrate) store->migrate();
  return std::make_unique<StoreQueue>(std::move(store), clock);
}

}  // namespace kue
