// schema() and migrate(): who does not migrate touches nothing, whatever is there.

#include "kue/stores/sqlite/tables/schema.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>
#include <migration_texts.hpp>

#include <iterator>
#include <map>

namespace kue::sqlite::test {
namespace {

using ::testing::HasSubstr;

StoreOptions const kOnlyLook{.migrate = false};

// Every file of a folder: what is in it, as a number, and when it was last written.
std::map<std::string, std::string> everything_in(Folder const& folder) {
  std::map<std::string, std::string> found;
  for (auto const& entry : fs::recursive_directory_iterator(folder.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::string const bytes(std::istreambuf_iterator<char>(in), {});
    found[entry.path().string()] = fmt::format("{} bytes {:x} of {}", bytes.size(), std::hash<std::string>()(bytes),
                                               fs::last_write_time(entry.path()).time_since_epoch().count());
  }
  return found;
}

std::string make_schema_3(Folder const& folder) {
  std::string const path = folder / "q#1 50% what?.db";
  Stranger older(path);
  older.run("PRAGMA journal_mode = wal");
  for (unsigned i = 0; i < 3; ++i) older.run(std::string(text(static_cast<Migration>(i))));
  older.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = 3", kApplicationId));
  return path;
}

void expect_all_verbs_refused(Store& store, std::string const& words) {
  Envelope const one = job();
  Claim const claim{.id = one.id, .seq = 1, .queue = "default", .holder = 5, .claim_no = 1};
  Finish const end{.claim = claim};
  Finish const back{.claim = claim, .transition = {State::available, Reason::returned}};
  ProgressItem const step{.claim = claim};
  std::vector<std::function<void()>> const verbs{[&] {
                                                   store.push({.jobs = {&one, 1}});
                                                 },
                                                 [&] { store.claim({.node = 1, .holder = 5}); },
                                                 [&] {
                                                   store.finish({.items = {&end, 1}});
                                                 },
                                                 [&] {
                                                   store.release({.items = {&back, 1}});
                                                 },
                                                 [&] {
                                                   store.progress({.items = {&step, 1}});
                                                 },
                                                 [&] {
                                                   store.cancel({.ids = {&one.id, 1}});
                                                 },
                                                 [&] {
                                                   store.retry({.ids = {&one.id, 1}});
                                                 },
                                                 [&] {
                                                   store.remove({.ids = {&one.id, 1}});
                                                 },
                                                 [&] { store.beat({.node = 1}); },
                                                 [&] { store.nodes(); },
                                                 [&] { store.rescue({.node = 1}); },
                                                 [&] { store.running({}); },
                                                 [&] { store.get(one.id); },
                                                 [&] { store.query({}); },
                                                 [&] { store.head({.queue = "default"}); },
                                                 [&] { store.counts(); },
                                                 [&] { store.events({}); },
                                                 [&] { store.wait({}); },
                                                 [&] { store.pause({.queue = "default"}); },
                                                 [&] { store.resume({.queue = "default"}); },
                                                 [&] { store.prune({}); },
                                                 [&] { store.tend(); },
                                                 [&] { store.check(); },
                                                 [&] { store.info(); }};
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    auto const error = error_of(verbs[i]);
    ASSERT_TRUE(error) << "verb " << i;
    EXPECT_EQ(error->kind(), ErrorKind::refused) << error->what();
    EXPECT_THAT(error->what(), HasSubstr(words)) << i;
  }
  std::vector<std::string> const queues{"default"};
  store.wake(queues);
  store.interrupt();
}

TEST(SqliteSchema, of_a_file_that_is_not_there_nothing_is_made) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path, kOnlyLook);
  StoreSchema const schema = store->schema();
  EXPECT_FALSE(schema.exists);
  EXPECT_FALSE(schema.current());
  EXPECT_EQ(schema.version, 0);
  EXPECT_EQ(schema.newest, Schema::instance().newest());
  EXPECT_EQ(schema.place, path);
  EXPECT_EQ(schema.refused_because, "");
  expect_all_verbs_refused(*store, "there is no such file yet");
  (void)store->capabilities();
  EXPECT_EQ(everything_in(folder).size(), 0u);

  store->migrate();
  EXPECT_TRUE(store->schema().current());
  EXPECT_EQ(store->push({.jobs = jobs(1)}).statuses.at(0), PushStatus::pushed) << "the same object goes on";
}

TEST(SqliteSchema, an_older_file_is_told_and_left_alone) {
  Folder const folder;
  auto const path = make_schema_3(folder);
  auto const before = everything_in(folder);
  {
    auto const store = open(path, kOnlyLook);
    StoreSchema const schema = store->schema();
    EXPECT_TRUE(schema.exists);
    EXPECT_EQ(schema.version, 3);
    EXPECT_FALSE(schema.current());
    EXPECT_EQ(schema.refused_because, "");
    EXPECT_EQ(everything_in(folder), before);
    expect_all_verbs_refused(*store, "it has schema 3 and this program needs");
  }
  EXPECT_EQ(everything_in(folder), before);
  auto const store = open(path, kOnlyLook);
  store->migrate();
  EXPECT_TRUE(store->schema().current());
  EXPECT_TRUE(store->check().ok());
}

TEST(SqliteSchema, a_look_at_a_file_in_use_changes_nothing) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  store->push({.jobs = jobs(3)});
  auto const before = everything_in(folder);
  EXPECT_TRUE(open(path, kOnlyLook)->schema().current());
  EXPECT_TRUE(store->schema().current()) << "also of an open one";
  auto after = everything_in(folder);
  EXPECT_EQ(after[path], before.at(path));
  EXPECT_EQ(after[path + "-wal"], before.at(path + "-wal"));
  EXPECT_EQ(open(path, kOnlyLook)->counts().at(0).of(State::available), 3)
      << "of the newest schema it is used without being migrated";
}

TEST(SqliteSchema, to_migrate_twice_does_no_harm) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const pushed = jobs(2);
  store->push({.jobs = pushed});
  auto const before = everything_in(folder);
  store->migrate();
  EXPECT_EQ(everything_in(folder).at(path), before.at(path));
  auto const other = open(path, kOnlyLook);
  other->migrate();
  other->migrate();
  EXPECT_EQ(other->counts().at(0).of(State::available), 2);
  EXPECT_TRUE(other->check().ok());
}

TEST(SqliteSchema, a_foreign_file_is_refused_by_schema_in_words_and_by_migrate_as_an_error) {
  Folder const folder;
  auto const path = folder / "foreign.db";
  { Stranger(path).run("CREATE TABLE recipes (name TEXT)"); }
  auto const before = everything_in(folder);
  auto const store = open(path, kOnlyLook);
  StoreSchema const schema = store->schema();
  EXPECT_TRUE(schema.exists);
  EXPECT_FALSE(schema.current());
  EXPECT_THAT(schema.refused_because, HasSubstr("another program"));
  auto const error = error_of([&] { store->migrate(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::refused);
  EXPECT_THAT(error->what(), HasSubstr("opening sqlite:" + path + " refused: "));
  EXPECT_EQ(everything_in(folder), before);
}

// As they all start at once after an update: each may be first, one does it, and none works before it is done.
TEST(SqliteSchema, many_processes_at_once_migrate_once) {
  for (bool const older : {true, false}) {
    Folder const folder;
    auto const path = older ? make_schema_3(folder) : folder / "q.db";
    int start[2];
    ASSERT_EQ(::pipe(start), 0);
    std::vector<Child> children;
    for (int i = 0; i < 8; ++i) {
      children.emplace_back([&] {
        ::close(start[1]);
        char byte = 0;
        (void)!::read(start[0], &byte, 1);
        auto const store = open(path, kOnlyLook);
        store->migrate();
        return store->schema().current() && store->push({.jobs = jobs(3)}).statuses.size() == 3;
      });
    }
    ::close(start[1]);
    for (Child& child : children) EXPECT_TRUE(child.good());
    ::close(start[0]);
    auto const store = open(path, kOnlyLook);
    EXPECT_EQ(store->counts().at(0).of(State::available), 24);
    EXPECT_TRUE(store->check().ok());
  }
}

TEST(SqliteCapabilities, say_what_survives) {
  Folder const folder;
  auto const full = open(folder / "q.db")->capabilities(),
             process = open(folder / "q.db", {.durability = Durability::process})->capabilities();
  bool const on_disk = full.accepted.power;  // /tmp may be in memory, and then nothing survives a power cut
  EXPECT_EQ(full.accepted, (Survives{.process = true, .server = true, .power = on_disk, .failover = false}));
  EXPECT_EQ(process.accepted, (Survives{.process = true, .server = true}));
  EXPECT_EQ(full.in_progress, (Survives{.process = true, .server = true})) << "what is in progress is not synced";
  EXPECT_EQ(process.in_progress, full.in_progress);
  EXPECT_TRUE(full.across_processes && full.one_host && full.transactions);
  EXPECT_FALSE(full.events);

  Folder const here(fs::current_path());  // of the build: on a disk
  EXPECT_TRUE(open(here / "q.db")->capabilities().accepted.power);
  EXPECT_FALSE(open(here / "q.db", {.durability = Durability::process})->capabilities().accepted.power);
  if (fs::exists("/dev/shm")) {
    Folder const memory("/dev/shm");
    EXPECT_FALSE(open(memory / "q.db")->capabilities().accepted.power) << "whatever was asked for";
  }
}

}  // namespace
}  // namespace kue::sqlite::test
