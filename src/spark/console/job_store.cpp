#include "spark/console/job_store.hpp"

#include <kue/error.hpp>
#include <kue/store_queue.hpp>

#include "spark/application/store_url.hpp"
#include "spark/console/console.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace spark {

kue::StoreQueue* store_queue_in(kue::Queue& outer) {
  kue::Queue* innermost = &outer;
  while (kue::Queue* const behind = innermost->behind()) innermost = behind;
  return dynamic_cast<kue::StoreQueue*>(innermost);
}

namespace {

void require_file(std::string const& url) {
  std::string const file = sqlite_file(url);
  std::error_code error;
  if (file.empty() || std::filesystem::exists(std::filesystem::symlink_status(file, error))) return;
  if (error == std::errc::permission_denied) return;  // opening it says so
  throw kue::Error(
      kue::ErrorKind::unavailable,
      fmt::format("there is no store at {}: nothing was pushed there yet; for another one say --store URL, or "
                  "go to the application's directory",
                  file));
}

}  // namespace

kue::Store& job_store(Call& call) {
  if (call.console.has_own_queue() && !call.console.store_named()) {
    if (auto* const found = store_queue_in(call.app.get(queue))) return found->store();
    throw kue::Error(
        kue::ErrorKind::refused,
        fmt::format("this program keeps its jobs in a queue of its own (set at {}), which cannot be looked "
                    "into; these commands work on a store",
                    call.app.where(queue.name)));
  }
  if (!call.console.has_own_store()) require_file(call.app.config().store.url);
  return call.app.get(store);
}

}  // namespace spark
