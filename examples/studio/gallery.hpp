#pragma once
// Gallery: follows the jobs of all pictures in the store and tells every viewer what changed.
//
//   Gallery gallery(library, queue, store, log);
//   gallery.add(picture, answered_ms);                                  // its jobs are pushed
//   std::optional<Update> update = gallery.next(seen_revision, 1s);     // one viewer's turn; 0 gives everything
//
// One thread asks the store, however many viewers there are; a slow viewer gets fewer, larger updates and holds up
// nobody.
// Thread-safe. A store that cannot be read becomes Update::trouble and is asked again.

#include "library.hpp"
#include "view.hpp"

#include <kue/clock.hpp>
#include <kue/logger.hpp>
#include <kue/queue.hpp>
#include <kue/store.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace studio {

class Gallery {
 public:
  Gallery(Library& library, kue::Queue& queue, kue::Store& store, kue::Logger log, std::string worker_command = {});
  ~Gallery();

  void add(Picture const& picture, std::optional<double> answered_ms = std::nullopt);
  std::optional<int> try_again(
      PictureId const& id);  // its failed jobs; how many were taken up again, nothing: no such picture
  Update all() const;
  std::optional<Update> next(std::uint64_t seen, kue::Millis wait) const;  // nothing: no news, or closed
  void close();                                                            // ends every wait, now and later
  bool closed() const;

 private:
  struct Entry {
    PictureView view;
    std::vector<kue::JobId> jobs;  // one a size, in the order of view.sizes
    std::uint64_t revision = 0;
  };
  struct Follow {  // a job that is not final yet
    kue::JobId job;
    std::size_t picture;
    std::size_t size;
  };
  struct Rank {  // as the workers take them
    int priority;
    std::size_t picture;
    auto operator<=>(Rank const&) const = default;
  };

  void reopen(std::size_t picture);
  void watch();
  void look_at_jobs();
  void look_at_counts();
  std::vector<std::pair<Rank, Follow>> due_for_a_look();
  SizeView look(Follow const& follow, SizeView known);
  SizeView from_disk(Follow const& follow, SizeView known) const;
  Update update_since(std::uint64_t seen) const;

  Library& library_;
  kue::Queue& queue_;
  kue::Store& store_;
  kue::Logger log_;
  std::string const worker_command_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::map<Rank, Follow> open_;
  Rank looked_up_to_{};
  bool first_look_ = true;
  std::uint64_t revision_ = 1;
  Counts counts_;
  std::vector<int> workers_;
  std::string trouble_;
  bool closed_ = false;
  std::thread watcher_;
};

}  // namespace studio
