// The studio as its users meet it: over HTTP, against the real server and the real worker.
#include "library.hpp"
#include "pictures.hpp"
#include "running_studio.hpp"
#include "view.hpp"

#include <kue/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

namespace studio::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

struct Reply {
  int status = 0;
  std::string body;
};

class Studio : public ::testing::Test {
 protected:
  Reply send(std::string const& name, std::string const& file, httplib::Headers const& headers = {}) {
    httplib::Client client(studio.url());
    auto const result = client.Post("/pictures?name=" + name, headers, file, "application/octet-stream");
    return result ? Reply{result->status, result->body} : Reply{-1, httplib::to_string(result.error())};
  }
  Reply post(std::string const& path, httplib::Headers const& headers = {}) {
    httplib::Client client(studio.url());
    auto const result = client.Post(path, headers, "", "application/json");
    return result ? Reply{result->status, result->body} : Reply{-1, httplib::to_string(result.error())};
  }
  Reply get(std::string const& path, httplib::Headers const& headers = {}) {
    httplib::Client client(studio.url());
    auto const result = client.Get(path, headers);
    return result ? Reply{result->status, result->body} : Reply{-1, httplib::to_string(result.error())};
  }
  std::string accepted(std::string const& name, std::string const& file) {
    Reply const reply = send(name, file);
    EXPECT_EQ(reply.status, 202) << reply.body;
    auto const at = reply.body.find("\"id\":\"");
    return at == std::string::npos ? "" : reply.body.substr(at + 6, 32);
  }
  // Listens to /events until `enough`, at most 50 s. Gives what is known of every picture at the end.
  std::map<std::string, PictureView> follow(
      std::function<bool(std::map<std::string, PictureView> const&)> const& enough) {
    std::map<std::string, PictureView> known;
    std::string text;
    bool reached = false;
    auto const until = std::chrono::steady_clock::now() + 50s;
    httplib::Client client(studio.url());
    client.set_read_timeout(10);
    client.Get("/events", [&](char const* data, std::size_t size) {
      text.append(data, size);
      for (std::size_t end = 0; (end = text.find("\n\n")) != std::string::npos; text.erase(0, end + 2)) {
        std::string const event = text.substr(0, end);
        constexpr std::string_view kData = "event: update\ndata: ";
        if (!event.starts_with(kData)) continue;
        ++updates;
        for (PictureView& picture : kue::from_json<Update>(event.substr(kData.size())).pictures) {
          for (SizeView const& view : picture.sizes) states_seen.insert(view.state);
          known[picture.id] = std::move(picture);
        }
      }
      reached = enough(known);
      return !reached && std::chrono::steady_clock::now() < until;
    });
    EXPECT_TRUE(reached) << "not within 50 s; worker: " << (studio.worker ? studio.worker->errors() : "none");
    return known;
  }
  static bool all_final(std::map<std::string, PictureView> const& known, std::size_t pictures) {
    if (known.size() < pictures) return false;
    for (auto const& [id, picture] : known) {
      for (SizeView const& size : picture.sizes) {
        if (size.state != "done" && size.state != "failed") return false;
      }
    }
    return true;
  }
  std::set<std::string> entries(std::filesystem::path const& folder) const {
    std::set<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator(folder))
      names.insert(entry.path().filename().string());
    return names;
  }

  RunningStudio studio;
  std::set<std::string> states_seen;
  int updates = 0;
};

TEST_F(Studio, makes_four_sizes_of_a_jpeg_a_png_and_a_turned_picture) {
  std::map<std::string, Extent> const shown{{accepted("tall.jpg", jpeg(900, 1800)), {900, 1800}},
                                            {accepted("wide.png", png(700, 300)), {700, 300}},
                                            {accepted("turned.jpg", jpeg_with_orientation(1000, 500, 6)), {500, 1000}}};
  studio.start_worker();  // they waited until now
  auto const known = follow([&](auto const& k) { return all_final(k, shown.size()); });
  ASSERT_EQ(shown.size(), 3U);
  EXPECT_GE(updates, 2) << "the page as it was, and what came after";  // a quick machine is done between two looks
  EXPECT_THAT(states_seen, Contains("waiting"));
  for (auto const& [id, extent] : shown) {
    PictureView const& picture = known.at(id);
    EXPECT_EQ((Extent{picture.width, picture.height}), extent) << picture.name;
    for (SizeView const& size : picture.sizes) {
      ASSERT_EQ(size.state, "done") << picture.name << ": " << size.problem;
      Reply const thumbnail = get("/thumbs/" + id + "/" + std::to_string(size.size) + ".jpg");
      ASSERT_EQ(thumbnail.status, 200);
      EXPECT_EQ(decode(as_bytes(thumbnail.body)).extent, fit(extent, size.size)) << picture.name << ' ' << size.size;
      EXPECT_EQ(size.original_size, size.size >= std::max(extent.width, extent.height));
      EXPECT_EQ(size.bytes, static_cast<std::int64_t>(thumbnail.body.size()));
    }
  }
  Process verify(studio.command({"verify", "--pictures", "3", "--master", std::to_string(studio.worker->pid()),
                                 "--server", std::to_string(studio.server->pid())}),
                 studio.folder() / "verify");
  EXPECT_EQ(verify.wait(30s), 0) << verify.errors();
  Process doubt(studio.command({"verify", "--pictures", "3", "--master", std::to_string(studio.server->pid())}),
                studio.folder() / "doubt");
  EXPECT_EQ(doubt.wait(30s), 1) << "verify believes that the server made them";
}

TEST_F(Studio, verify_notices_a_wrong_and_a_missing_thumbnail) {
  std::string const id = accepted("a.jpg", jpeg(800, 600));
  studio.start_worker();
  follow([](auto const& k) { return all_final(k, 1); });
  auto const check = [&] {
    Process verify(studio.command({"verify"}), studio.folder() / "verify");
    int const exit = verify.wait(30s);
    std::string const errors = verify.errors();
    std::filesystem::remove(studio.folder() / "verify.err");
    return std::pair(exit, errors);
  };
  EXPECT_EQ(check().first, 0);
  auto const path = studio.data() / "pictures" / id / "160.jpg";
  write_durably(path, jpeg(161, 120));
  EXPECT_THAT(check().second, HasSubstr("is 161 x 120, not 160 x 120"));
  write_durably(path, encode_jpeg(turn(pattern(160, 120), 3)));
  EXPECT_THAT(check().second, HasSubstr("shows another picture"));
  std::filesystem::remove(path);
  EXPECT_THAT(check().second, HasSubstr("does not exist"));
  EXPECT_EQ(check().first, 1);
}

TEST_F(Studio, refuses_what_is_no_picture_with_one_sentence_and_queues_nothing) {
  struct Case {
    char const* name;
    std::string file;
    int status;
    char const* sentence;
  };
  for (Case const& c : {Case{"empty.jpg", "", 400, "The file is empty (0 bytes)."},
                        Case{"letter.jpg", "Dear diary, this is text with another name.", 415, "This is not a picture"},
                        Case{"bomb.png", bomb_png(50'000, 50'000), 422,
                             "50000 x 50000 pixels, 2500 megapixels; the limit is 40 megapixels"},
                        Case{"header.jpg", jpeg(50, 50).substr(0, 40), 422, "ends before it says how large"},
                        Case{"big.jpg", std::string(kMaxFileBytes + 1, 'x'), 413, "up to 32 MiB"}}) {
    Reply const reply = send(c.name, c.file);
    EXPECT_EQ(reply.status, c.status) << c.name;
    EXPECT_THAT(reply.body, HasSubstr("{\"error\":\"")) << c.name;
    EXPECT_THAT(reply.body, HasSubstr(c.sentence)) << c.name;
  }
  httplib::Client client(studio.url());
  auto const form =
      client.Post("/pictures", httplib::MultipartFormDataItems{{"file", jpeg(9, 9), "a.jpg", "image/jpeg"}});
  ASSERT_TRUE(form);
  EXPECT_EQ(form->status, 415);

  auto const update = kue::from_json<Update>(get("/pictures").body);
  EXPECT_TRUE(update.pictures.empty());
  EXPECT_EQ(update.counts, Counts());
  EXPECT_TRUE(entries(studio.data() / "pictures").empty());
  EXPECT_TRUE(entries(studio.data() / "incoming").empty());
}

TEST_F(Studio, a_cut_file_is_accepted_and_its_jobs_say_what_is_wrong) {
  std::string const whole = jpeg(600, 400);
  std::string const id = accepted("cut.jpg", whole.substr(0, whole.size() / 2));
  studio.start_worker();
  auto const known = follow([](auto const& k) { return all_final(k, 1); });
  for (SizeView const& size : known.at(id).sizes) {
    EXPECT_EQ(size.state, "failed");
    EXPECT_EQ(size.problem,
              "This JPEG file is cut off: it ends in the middle of the picture. Send the whole file again.");
  }
  EXPECT_EQ(get("/thumbs/" + id + "/160.jpg").status, 404);
}

TEST_F(Studio, a_size_that_failed_is_tried_again_by_itself_and_then_when_asked) {
  std::string const id = accepted("a.jpg", jpeg(300, 200));
  auto const in_the_way = studio.data() / "pictures" / id / "160.jpg";
  std::filesystem::create_directory(in_the_way);  // a file cannot be written there
  EXPECT_EQ(post("/pictures/" + id + "/retry").status, 409);
  studio.start_worker();
  auto const state = [&](auto const& known, std::size_t size) {
    return known.empty() ? "" : known.at(id).sizes[size].state;
  };
  auto known = follow([&](auto const& k) { return state(k, 0) == "again"; });
  SizeView const again = known.at(id).sizes[0];
  EXPECT_THAT(again.problem, HasSubstr(in_the_way.string()));
  EXPECT_EQ(again.tries, 1);
  EXPECT_EQ(again.max_tries, 3);
  ASSERT_TRUE(again.again_at_ms);
  EXPECT_EQ(again.pids.size(), 1U);

  known = follow([&](auto const& k) { return state(k, 0) == "failed" && all_final(k, 1); });
  EXPECT_EQ(known.at(id).sizes[0].pids.size(), 3U);
  EXPECT_EQ(known.at(id).sizes[1].state, "done");
  EXPECT_EQ(known.at(id).sizes[1].pids.size(), 1U);
  std::filesystem::remove(in_the_way);
  EXPECT_EQ(post("/pictures/" + id + "/retry").body, "{\"jobs\":1}");
  known = follow([&](auto const& k) { return state(k, 0) == "done"; });
  EXPECT_EQ(known.at(id).sizes[0].problem, "");
  EXPECT_GE(known.at(id).sizes[0].pids.size(), 1U);
  EXPECT_EQ(post("/pictures/" + id + "/retry").status, 409);
  for (char const* path : {"/pictures/retry", "/pictures//retry", "/pictures/x/retry",
                           "/pictures/00000000000000000000000000000000/retry", "/pictures/retry/retry"}) {
    EXPECT_EQ(post(path).status, 404) << path;
  }
  EXPECT_EQ(post("/pictures/" + id + "/retry", {{"Origin", "http://evil.example"}}).status, 403);
}

TEST_F(Studio, tells_who_works_and_how_to_start_a_worker) {
  auto update = kue::from_json<Update>(get("/pictures").body);
  EXPECT_TRUE(update.workers.empty());
  EXPECT_THAT(update.worker_command, HasSubstr(" queue:worker -c 4 --store sqlite:" + studio.folder().string()));
  accepted("a.jpg", jpeg(30, 20));
  Process worker({"/bin/sh", "-c", "exec " + update.worker_command},
                 studio.folder() / "worker");  // as a person would paste it
  follow([](auto const& k) { return all_final(k, 1); });
  for (int tries = 0; tries < 100 && update.workers.empty();
       ++tries) {  // jobs and workers are looked at one after the other
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    update = kue::from_json<Update>(get("/pictures").body);
  }
  EXPECT_EQ(update.workers, std::vector<int>{worker.pid()});
  EXPECT_EQ(worker.end(), 0) << worker.errors();
}

TEST_F(Studio, names_are_text_and_never_paths) {
  auto const before = entries(studio.folder());
  std::string const trick = accepted("../../etc/passwd", jpeg(20, 20));
  std::string const script = accepted("%3Cscript%3Ealert(1)%3C%2Fscript%3E%00%0A.jpg", jpeg(20, 20));
  accepted("%FF%FE.jpg", jpeg(20, 20));
  accepted(std::string(3000, 'x'), jpeg(20, 20));
  accepted("100%2525.jpg", jpeg(20, 20));
  auto const update = kue::from_json<Update>(get("/pictures").body);
  ASSERT_EQ(update.pictures.size(), 5U);
  EXPECT_EQ(update.pictures[0].name, "../../etc/passwd");
  EXPECT_EQ(update.pictures[1].name, "<script>alert(1)</script>  .jpg");
  EXPECT_EQ(update.pictures[2].name, "picture (its name is not UTF-8)");
  EXPECT_EQ(update.pictures[3].name.size(), 120U);
  EXPECT_EQ(update.pictures[4].name, "100%25.jpg");  // decoded once
  EXPECT_EQ(entries(studio.folder()), before);
  std::set<std::string> ids;
  for (PictureView const& picture : update.pictures) ids.insert(picture.id);
  EXPECT_EQ(entries(studio.data() / "pictures"), ids);
  EXPECT_EQ(entries(studio.data() / "pictures" / trick), (std::set<std::string>{"original", "picture.json"}));
}

TEST_F(Studio, answers_only_its_own_page_and_its_own_addresses) {
  std::string const id = accepted("a.jpg", jpeg(20, 20));
  EXPECT_EQ(get("/", {{"Host", "evil.example"}}).status, 421);
  EXPECT_EQ(send("a.jpg", jpeg(20, 20), {{"Origin", "http://evil.example"}}).status, 403);
  for (std::string const& path : std::vector<std::string>{
           "/thumbs/../../../spark.db", "/thumbs/%2e%2e/160.jpg", "/thumbs/" + id + "/../picture.json",
           "/thumbs/" + id + "/161.jpg", "/thumbs/" + id + "/160.jpg/x", "/thumbs/" + id + "/original", "/nothing"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  httplib::Client client(studio.url());
  for (char const* path : {"/", "/studio.js", "/studio.css", "/icon.svg"}) {
    auto const file = client.Get(path);
    ASSERT_TRUE(file && file->status == 200) << path;
    EXPECT_EQ(file->get_header_value("X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(file->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(file->body, ::testing::Not(HasSubstr("//cdn"))) << "everything comes from here";
  }
}

TEST_F(Studio, a_new_server_shows_what_the_old_one_had) {
  std::string const id = accepted("kept.png", png(300, 200));
  studio.start_worker();
  follow([](auto const& k) { return all_final(k, 1); });
  EXPECT_EQ(studio.server->end(), 0) << studio.server->errors();
  studio.start_server();
  auto const known = follow([](auto const& k) { return all_final(k, 1); });
  EXPECT_EQ(known.at(id).name, "kept.png");
  EXPECT_EQ(known.at(id).sizes[0].width, 160);
}

TEST_F(Studio, a_taken_port_is_said_so) {
  Process second(studio.command({"server", "--port", std::to_string(studio.port())}), studio.folder() / "second");
  EXPECT_EQ(second.wait(20s), 4);
  EXPECT_THAT(second.errors(), HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace studio::test
