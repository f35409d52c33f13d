#include <kue/error.hpp>
#include <spark/container.hpp>

#include "kue/base/open_descriptors.hpp"
#include "spark/application/fork_generation.hpp"
#include "spark/application/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace spark {
namespace {

struct Entry {
  std::string name;
  std::type_info const* type = nullptr;
  std::function<std::shared_ptr<void>()> build;
  Fork fork = Fork::recreate;
  std::source_location where;

  enum class State { defined, building, built } state = State::defined;
  std::thread::id builder;  // while building
  std::shared_ptr<void> object;
  std::vector<int> descriptors;
};

// "'mailer' (defined at main.cpp:12)"
std::string told(Entry const& entry) { return service_text(entry.name, place(entry.where)); }

// What a child process must never destroy ends here: reachable, so that a leak checker knows it is meant. Called with a
// container's mutex held, which no thread holds at a fork: so this mutex is free in every child.
void abandon(std::shared_ptr<void> object) {
  static auto* const mutex = new std::mutex;
  static auto* const abandoned = new std::vector<std::shared_ptr<void>>;
  std::lock_guard lock(*mutex);
  abandoned->push_back(std::move(object));
}

}  // namespace

// One short-held mutex guards all; factories run outside it, so that they may use other services and take their time.
struct Container::Impl {
  std::mutex mutex;
  // By pointer: in a child the copy still counts the parent's waiting threads, and its destructor would wait for them.
  std::unique_ptr<std::condition_variable> changed = std::make_unique<std::condition_variable>();
  std::map<std::string, Entry, std::less<>> entries;
  std::vector<Entry*> order;                              // built, oldest first
  std::map<std::thread::id, std::vector<Entry*>> stacks;  // what each thread is building, outermost first
  std::map<std::thread::id, Entry*> waiting;              // what each thread waits for another to build
  std::uint64_t generation = fork_generation();
  bool closing = false;

  void notice_fork();
  Entry& at(std::string_view name, std::type_info const& type);
  Entry* only(std::type_info const& type);
  bool circular(Entry const& wanted) const;
  std::string circle(Entry const& wanted) const;
  void* build(Entry& entry, std::unique_lock<std::mutex>& lock);
};

// In a child: the parent's objects are abandoned; threads that were building or waiting there do not exist here.
void Container::Impl::notice_fork() {
  if (generation == fork_generation()) return;
  generation = fork_generation();
  abandon(std::shared_ptr<std::condition_variable>(std::move(changed)));
  changed = std::make_unique<std::condition_variable>();
  auto const me = std::this_thread::get_id();
  std::erase_if(stacks, [&](auto const& stack) { return stack.first != me; });
  waiting.clear();
  std::erase_if(order, [](Entry const* entry) { return entry->fork == Fork::recreate; });
  for (auto& [name, entry] : entries) {
    if (entry.state == Entry::State::built) abandon(entry.object);  // a kept one too: it is the parent's to destroy
    if (entry.state == Entry::State::built && entry.fork == Fork::recreate) {
      entry.object.reset();
      entry.descriptors.clear();
      entry.state = Entry::State::defined;
    }
    if (entry.state == Entry::State::building && entry.builder != me) entry.state = Entry::State::defined;
  }
}

Entry& Container::Impl::at(std::string_view name, std::type_info const& type) {
  auto const found = entries.find(name);
  if (found == entries.end()) {
    auto const stack = stacks.find(std::this_thread::get_id());
    if (stack == stacks.end() || stack->second.empty()) {
      throw kue::Error(kue::ErrorKind::not_found,
                       fmt::format("no service '{0}': set it before it is used, app[{0}] = app.share(...)", name));
    }
    Entry const& needer = *stack->second.back();
    throw kue::Error(kue::ErrorKind::not_found, fmt::format("no service '{}', needed by {}", name, told(needer)));
  }
  if (*found->second.type != type) {
    throw kue::Error(
        kue::ErrorKind::invalid,
        fmt::format("service {} is of another type than the key it was asked for with", told(found->second)));
  }
  return found->second;
}

Entry* Container::Impl::only(std::type_info const& type) {
  std::vector<Entry*> matches;
  for (auto& [name, entry] : entries) {
    if (*entry.type == type) matches.push_back(&entry);
  }
  if (matches.empty()) return nullptr;
  if (matches.size() > 1) {
    throw kue::Error(kue::ErrorKind::invalid,
                     fmt::format("{} and {} are services of the same type, so that type alone does not say which is "
                                 "meant: take Application& and ask for it by its key",
                                 told(*matches[0]), told(*matches[1])));
  }
  return matches.front();
}

// Would waiting for `wanted` be waiting for ourselves, directly or by way of what other threads wait for?
bool Container::Impl::circular(Entry const& wanted) const {
  auto const me = std::this_thread::get_id();
  Entry const* entry = &wanted;
  while (entry->builder != me) {
    auto const next = waiting.find(entry->builder);
    if (next == waiting.end() || next->second->state != Entry::State::building) return false;
    entry = next->second;
  }
  return true;
}

std::string Container::Impl::circle(Entry const& wanted) const {
  auto const me = std::this_thread::get_id();
  std::vector<Entry const*> way;
  Entry const* entry = &wanted;
  for (;;) {  // each builder's stack from the service that is waited for to its top, and on to what that one waits for
    auto const& stack = stacks.at(entry->builder);
    way.insert(way.end(), std::find(stack.begin(), stack.end(), entry), stack.end());
    if (entry->builder == me) break;
    entry = waiting.at(entry->builder);
  }
  std::string text;
  for (Entry const* step : way) text += told(*step) + " -> ";
  return text + "'" + wanted.name + "'";
}

void* Container::Impl::build(Entry& entry, std::unique_lock<std::mutex>& lock) {
  auto const me = std::this_thread::get_id();
  entry.state = Entry::State::building;
  entry.builder = me;
  stacks[me].push_back(&entry);
  auto const done = [&](Entry::State state) {  // with the lock held
    entry.state = state;
    if (auto& stack = stacks[me]; stack.size() > 1)
      stack.pop_back();
    else
      stacks.erase(me);
    changed->notify_all();
  };

  lock.unlock();
  std::shared_ptr<void> object;
  std::vector<int> const before = kue::open_descriptors();
  try {
    object = entry.build();
    if (!object) {
      throw kue::Error(kue::ErrorKind::invalid, fmt::format("the factory of service {} returned nothing", told(entry)));
    }
  } catch (...) {
    lock.lock();
    done(Entry::State::defined);
    throw;
  }
  std::vector<int> const after = kue::open_descriptors();
  lock.lock();

  entry.object = std::move(object);
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(entry.descriptors));
  order.push_back(&entry);
  done(Entry::State::built);
  return entry.object.get();
}

Container::Container() : impl_(std::make_unique<Impl>()) { watch_forks(impl_->mutex); }

Container::~Container() {
  destroy_services();
  unwatch_forks(impl_->mutex);
}

void Container::destroy_services() {
  std::unique_lock lock(impl_->mutex);
  impl_->notice_fork();
  impl_->closing = true;
  while (!impl_->order.empty()) {
    Entry& entry = *impl_->order.back();
    impl_->order.pop_back();
    std::shared_ptr<void> object = std::move(entry.object);
    entry.state = Entry::State::defined;
    lock.unlock();  // a destructor may still use services that are older than its own
    object.reset();
    lock.lock();
  }
}

void Container::define(std::string_view name, std::type_info const& type, Build build, Fork fork,
                       std::source_location where) {
  std::lock_guard lock(impl_->mutex);
  impl_->notice_fork();
  Entry& entry = impl_->entries[std::string(name)];
  if (entry.state != Entry::State::defined) {
    throw kue::Error(kue::ErrorKind::conflict,
                     fmt::format("service {} is in use already and cannot be set at {}: set it before its first use",
                                 told(entry), place(where)));
  }
  entry.name = name;
  entry.type = &type;
  entry.build = std::move(build);
  entry.fork = fork;
  entry.where = where;
}

void* Container::resolve(std::string_view name, std::type_info const& type) {
  std::unique_lock lock(impl_->mutex);
  impl_->notice_fork();
  Entry& entry = impl_->at(name, type);
  for (;;) {
    if (entry.state == Entry::State::built) return entry.object.get();
    if (impl_->closing) {
      throw kue::Error(kue::ErrorKind::refused,
                       fmt::format("service {} is asked for while the application is being destroyed", told(entry)));
    }
    if (entry.state == Entry::State::defined) return impl_->build(entry, lock);
    if (impl_->circular(entry)) {
      throw kue::Error(kue::ErrorKind::invalid, "services need each other in a circle: " + impl_->circle(entry));
    }
    auto const me = std::this_thread::get_id();
    impl_->waiting[me] = &entry;
    impl_->changed->wait(lock);
    impl_->waiting.erase(me);
  }
}

void* Container::find(std::type_info const& type) {
  std::string name;
  {
    std::lock_guard lock(impl_->mutex);
    Entry const* entry = impl_->only(type);
    if (!entry) return nullptr;
    name = entry->name;
  }
  return resolve(name, type);
}

bool Container::has(std::type_info const& type) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->only(type) != nullptr;
}

std::vector<BuiltService> Container::built() const {
  std::lock_guard lock(impl_->mutex);
  impl_->notice_fork();
  std::vector<BuiltService> services;
  for (Entry const* entry : impl_->order) {
    services.push_back({entry->name, place(entry->where), entry->fork, entry->descriptors});
  }
  return services;
}

std::string Container::where(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  auto const found = impl_->entries.find(name);
  return found == impl_->entries.end() ? std::string() : place(found->second.where);
}

}  // namespace spark
