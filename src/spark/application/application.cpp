#include "spark/application/application_impl.hpp"

#include <kue/error.hpp>
#include <kue/store_queue.hpp>

#include "spark/application/fork_generation.hpp"
#include "spark/application/store_url.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace spark {

Application::Application() : impl_(std::make_unique<Impl>()) {
  watch_forks(impl_->mutex);
  // No place of the program's: these are built in, until the program sets its own.
  std::source_location const built_in;
  // Kept over a fork: a Logger is a level and a sink that writes whole lines.
  (*this)[logger] = share([this] { return kue::Logger(kue::stderr_sink(config().log.format), config().log.level); },
                          Fork::keep, built_in);
  (*this)[store] = share(
      [this] {
        Config const& settings = config();
        auto opened = kue::open_store(settings.store.url,
                                      {.durability = settings.store.durability, .event_log = settings.store.event_log});
        if (impl_->announce_store) log().info("store {}", opened->description());
        return opened;
      },
      Fork::recreate, built_in);
  (*this)[queue] = share(
      [this] {
        // The container owns the store, and destroys it after the queue because it was built before.
        return std::make_unique<kue::StoreQueue>(std::shared_ptr<kue::Store>(std::shared_ptr<void>(), &get(store)));
      },
      Fork::recreate, built_in);
}

Application::~Application() {
  destroy_services();  // while config(), log() and the registry still stand
  unwatch_forks(impl_->mutex);
}

Command Application::command(std::string name, std::string summary, std::source_location where) {
  return impl_->commands.emplace_back(std::move(name), std::move(summary), where);
}

void Application::note_fault(std::function<void()> const& setting_up) {
  try {
    setting_up();
  } catch (kue::Error const& error) {
    impl_->faults.emplace_back(error.what());
  }
}

void Application::worker(std::function<void(kue::Worker&)> setup) { impl_->worker_setups.push_back(std::move(setup)); }

Config const& Application::config() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->read_config();
}

void Application::configure(Config config) {
  std::lock_guard lock(impl_->mutex);
  if (impl_->config) {
    throw kue::Error(kue::ErrorKind::conflict,
                     "configure() comes too late: the configuration is in use already; call it first");
  }
  apply(impl_->overrides, config);
  impl_->config = std::move(config);
  impl_->configured = true;
}

kue::Registry& Application::registry() { return impl_->registry; }

kue::Logger& Application::log() { return get(logger); }

void* Application::find(std::type_info const& type) {
  if (type == typeid(Application)) return this;
  if (type == typeid(kue::Logger)) return &get(logger);
  if (type == typeid(kue::Queue)) return &get(queue);
  if (type == typeid(kue::Store)) return &get(store);
  return Container::find(type);
}

bool Application::has(std::type_info const& type) {
  return type == typeid(Application) || type == typeid(kue::Logger) || type == typeid(kue::Queue) ||
         type == typeid(kue::Store) || Container::has(type);
}

Config const& Application::Impl::read_config() {
  if (!config) {
    Config loaded = Config::load(std::filesystem::current_path().string(), Config::environment());
    apply(overrides, loaded);
    config = std::move(loaded);
  }
  return *config;
}

void apply(Overrides const& overrides, Config& config) {
  if (!overrides.store_url.empty()) {
    config.store.url = absolute_store_url(overrides.store_url, std::filesystem::current_path().string());
  }
  config.log.level = overrides.log_level.value_or(config.log.level);
  config.log.format = overrides.log_format.value_or(config.log.format);
}

}  // namespace spark
