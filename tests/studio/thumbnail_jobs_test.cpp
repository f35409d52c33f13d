// The studio's job, tested as a user tests one: pushed, drained, and killed where it hurts.
#include "commands.hpp"
#include "make_thumbnail.hpp"
#include "pictures.hpp"

#include <kue/testing/gmock.hpp>
#include <spark/testing/test_queue.hpp>

#include <gtest/gtest.h>

namespace studio::test {
namespace {

using kue::testing::AllCompleted;
using spark::testing::Crash;

class ThumbnailJobs : public ::testing::Test {
 protected:
  ThumbnailJobs() {
    app.jobs<MakeThumbnail>();
    app[picture_library] = app.share([this] { return std::make_unique<Library>(folder.path("data")); });
  }
  PictureId keep(std::string const& file) {
    PictureId const id = PictureId::make();
    Library::Upload upload = app[picture_library]->receive();
    upload.write(file);
    app[picture_library]->keep(upload, {.id = id.str(), .name = "a.jpg"});
    return id;
  }
  std::vector<std::uint8_t> thumbnail(PictureId const& id, int size) {
    return read_file(app[picture_library]->thumbnail_path(id, size));
  }

  spark::testing::TempStore folder;
  spark::Application app;
  spark::testing::TestQueue queue{app};
};

TEST_F(ThumbnailJobs, every_size_is_made_and_reports_what_it_did) {
  PictureId const id = keep(jpeg(300, 200));
  for (int const size : kSizes) queue.push(MakeThumbnail{id.str(), size});
  EXPECT_THAT(queue, kue::testing::HasPushed<MakeThumbnail>(
                         {.queue = "pictures", .max_attempts = 3U, .times = static_cast<int>(kSizes.size())}));
  kue::testing::Runs const runs = queue.drain();
  EXPECT_THAT(runs, AllCompleted());
  EXPECT_EQ(kue::from_json<Thumbnail>(runs[0].outcome.result).width, 160);
  for (int const size : kSizes) EXPECT_FALSE(thumbnail(id, size).empty()) << size;
}

TEST_F(ThumbnailJobs, a_cut_file_is_put_aside_at_once_and_not_tried_again) {
  queue.push(MakeThumbnail{keep(jpeg(300, 200).substr(0, 600)).str(), 160});
  kue::testing::Runs const runs = queue.drain_for(std::chrono::hours(1));
  ASSERT_EQ(runs.size(), 1U) << runs.text();
  EXPECT_EQ(runs[0].state, kue::State::discarded) << runs.text();
}

TEST_F(ThumbnailJobs, a_worker_that_dies_after_the_file_was_written_leaves_the_same_file) {
  PictureId const id = keep(jpeg(300, 200));
  queue.push(MakeThumbnail{id.str(), 160});
  queue.drain().assert_all_completed();
  std::vector<std::uint8_t> const without_deaths = thumbnail(id, 160);
  queue.push(MakeThumbnail{id.str(), 160});
  auto const report = queue.run_worker({.crashes = {{.at = Crash::after_run, .times = 2}}});
  EXPECT_EQ(report.job<MakeThumbnail>().ends,
            (std::vector{kue::Reason::crashed, kue::Reason::crashed, kue::Reason::completed}))
      << report.text();
  EXPECT_EQ(thumbnail(id, 160), without_deaths);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("data/incoming")));
}

}  // namespace
}  // namespace studio::test
