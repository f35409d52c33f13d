#include <kue/open_queue.hpp>

namespace kue {

std::unique_ptr<StoreQueue> open_store_queue(std::string const& url, StoreOptions const& options) {
  Clock const& clock = options.clock != nullptr ? *options.clock : Clock::system();
  return std::make_unique<StoreQueue>(open_store(url, options), clock);
}

}  // namespace kue
