// Between the upload and the queue: all jobs of a picture or none, and nothing lost when a server dies in between.
#include "controller.hpp"
#include "pictures.hpp"

#include <kue/error.hpp>
#include <kue/open_queue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace studio::test {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "studio-test.XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

// Takes nothing for a while, as a store whose disk is full.
class FullQueue : public kue::Queue {
 public:
  using Queue::push;
  kue::Pushed push(kue::Envelope) override { throw kue::Error(kue::ErrorKind::full, "no space left for the queue"); }
  std::vector<kue::Pushed> push_many(std::span<kue::Envelope>) override {
    throw kue::Error(kue::ErrorKind::full, "no space left for the queue");
  }
  std::optional<kue::Delivery> pop(kue::Millis) override { return std::nullopt; }
};

struct Acceptance : ::testing::Test {
  Folder folder;
  Library library{folder.path};
  std::unique_ptr<kue::StoreQueue> queue = kue::open_store_queue("memory:");
  Gallery gallery{library, *queue, queue->store(), kue::Logger()};

  Answer accept(kue::Queue& to, std::string const& file) {
    Controller controller(library, to, gallery, kue::Logger(kue::stderr_sink(), kue::LogLevel::off));
    Library::Upload upload = controller.receive();
    upload.write(file);
    return controller.accept(upload, "a.jpg", std::chrono::steady_clock::now());
  }
};

TEST_F(Acceptance, pushes_one_job_a_size_the_smallest_first) {
  EXPECT_EQ(accept(*queue, jpeg(30, 20)).status, 202);
  std::vector<std::string> args;
  while (auto const delivery = queue->pop(kue::Millis(0))) args.push_back(delivery->job.args);
  ASSERT_EQ(args.size(), kSizes.size());
  for (std::size_t i = 0; i < args.size(); ++i)
    EXPECT_THAT(args[i], ::testing::HasSubstr("\"size\":" + std::to_string(kSizes[i]) + "}"));
}

TEST_F(Acceptance, a_queue_that_takes_nothing_leaves_no_picture) {
  FullQueue full;
  Answer const answer = accept(full, jpeg(30, 20));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, ::testing::HasSubstr("no space left for the queue"));
  EXPECT_TRUE(library.pictures().empty());
  EXPECT_TRUE(gallery.all().pictures.empty());
  EXPECT_TRUE(fs::is_empty(folder.path / "incoming"));
}

TEST_F(Acceptance, a_server_that_died_before_the_push_is_made_good_by_the_next) {
  Picture picture{.id = PictureId::make().str(), .name = "a.jpg"};
  for (int const size : kSizes) picture.jobs[size] = kue::JobId::make().str();
  Library::Upload upload = library.receive();
  upload.write(jpeg(30, 20));
  library.keep(upload, picture);
  EXPECT_EQ(push_forgotten(library, *queue), 1);
  EXPECT_EQ(push_forgotten(library, *queue), 0);
  for (auto const& [size, job] : picture.jobs) EXPECT_TRUE(queue->store().get(*kue::JobId::parse(job))) << size;
}

TEST_F(Acceptance, an_upload_that_broke_off_is_swept) {
  {
    Library::Upload upload = library.receive();
    upload.write("half a pic");
  }
  EXPECT_TRUE(fs::is_empty(folder.path / "incoming"));
  fs::create_directory(folder.path / "incoming" / "left-by-the-dead");
  library.clear_leftovers();
  EXPECT_TRUE(fs::is_empty(folder.path / "incoming"));
}

TEST(picture_id, is_parsed_strictly) {
  EXPECT_TRUE(PictureId::parse(PictureId::make().str()));
  EXPECT_NE(PictureId::make(), PictureId::make());
  std::string const good(32, 'a');
  for (std::string const& bad :
       {std::string(), good + "a", good.substr(1), std::string(32, 'A'), std::string(32, '/'), ".." + good.substr(2)}) {
    EXPECT_FALSE(PictureId::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace studio::test
