#pragma once
// open_store_queue: a StoreQueue from a URL.
//
//   auto queue = kue::open_store_queue("sqlite:spark.db");

#include <kue/store_queue.hpp>

namespace kue {

std::unique_ptr<StoreQueue> open_store_queue(std::string const& url, StoreOptions const& options = {});

}  // namespace kue
