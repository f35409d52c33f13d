// What may be wrong with a file, each with the real thing: the right kind, a sentence, and nothing changed or lost.

#include "kue/stores/sqlite/file/location.hpp"
#include "kue/stores/sqlite/tables/schema.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include <sys/stat.h>

namespace kue::sqlite::test {
namespace {

using ::testing::HasSubstr;

std::string content(std::string const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(std::string const& file, std::string const& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

void expect_refused(std::string const& path, ErrorKind kind, std::string const& words) {
  auto const error = error_of([&] { open(path); });
  ASSERT_TRUE(error) << path << " was opened";
  EXPECT_EQ(error->kind(), kind) << error->what();
  EXPECT_THAT(error->what(), HasSubstr(words));
}

TEST(SqliteErrors, empty_path) { expect_refused("", ErrorKind::invalid, "no path"); }

TEST(SqliteErrors, a_directory_in_its_place) {
  Folder const folder;
  expect_refused(folder.path(), ErrorKind::refused, "is a directory");
}

TEST(SqliteErrors, a_missing_folder) {
  Folder const folder;
  expect_refused(folder / "not/here/q.db", ErrorKind::not_found, "does not exist; make it (mkdir -p");
}

TEST(SqliteErrors, something_that_is_no_file) {
  Folder const folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_refused(folder / "pipe", ErrorKind::refused, "not a regular file");
}

TEST(SqliteErrors, garbage_is_left_alone) {
  Folder const folder;
  auto const path = folder / "notes.txt";
  std::string bytes;
  while (bytes.size() < 20'000) bytes += "Dear diary, today I wrote a queue.\n";
  write_file(path, bytes);
  expect_refused(path, ErrorKind::corrupt, "is not an SQLite database");
  EXPECT_EQ(content(path), bytes);
  EXPECT_FALSE(fs::exists(path + "-wake"));
}

TEST(SqliteErrors, a_file_that_is_too_short) {
  Folder const folder;
  auto const path = folder / "short.db";
  write_file(path, "SQLite format 3");
  expect_refused(path, ErrorKind::corrupt, "is not an SQLite database");
  EXPECT_EQ(content(path), "SQLite format 3");
}

TEST(SqliteErrors, another_programs_database_is_left_alone) {
  Folder const folder;
  auto const path = folder / "foreign.db";
  { Stranger(path).run("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')"); }
  auto const before = content(path);
  expect_refused(path, ErrorKind::refused, "another program");
  EXPECT_EQ(content(path), before);
  EXPECT_FALSE(fs::exists(path + "-wake"));
}

TEST(SqliteErrors, another_programs_application_id_is_respected) {
  Folder const folder;
  auto const path = folder / "foreign.db";
  { Stranger(path).run("PRAGMA application_id = 77"); }
  expect_refused(path, ErrorKind::refused, "another program");
}

TEST(SqliteErrors, a_newer_schema_is_left_alone) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const pushed = jobs(1);
  { open(path)->push({.jobs = pushed}); }
  { Stranger(path).run(fmt::format("PRAGMA user_version = {}", Schema::instance().newest() + 1)); }
  auto const before = content(path);
  expect_refused(path, ErrorKind::refused, "Update this program too");
  EXPECT_EQ(content(path), before);
  { Stranger(path).run(fmt::format("PRAGMA user_version = {}", Schema::instance().newest())); }
  EXPECT_TRUE(open(path)->get(pushed[0].id));
}

TEST(SqliteErrors, a_failed_migration_leaves_nothing_behind) {
  Folder const folder;
  auto const path = folder / "q.db";
  // Ours by its number, but a table is there already: the first migration cannot run.
  { Stranger(path).run(fmt::format("PRAGMA application_id = {}; CREATE TABLE events (x)", kApplicationId)); }
  ASSERT_TRUE(error_of([&] { open(path); }));
  Stranger(path).run("DROP TABLE events");
  EXPECT_TRUE(open(path)->check().ok()) << "the migration begins again from nothing";
}

// As a user without rights: root may write everything.
bool as_nobody(std::function<bool()> const& body) {
  Child child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return false;
    return body();
  });
  return child.good();
}

bool refuses_to_write(std::string const& path) {
  auto const error = error_of([&] {
    auto const store = open(path);
    auto const pushed = jobs(1);
    store->push({.jobs = pushed});
  });
  if (error && error->kind() == ErrorKind::unavailable && std::string(error->what()).find("right") != std::string::npos)
    return true;
  fmt::print(stderr, "{}\n", error ? error->what() : "no error");
  return false;
}

TEST(SqliteErrors, a_read_only_file) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const pushed = jobs(1);
  { open(path)->push({.jobs = pushed}); }
  fs::permissions(folder.path(), fs::perms::all);
  for (auto const& entry : fs::directory_iterator(folder.path()))
    fs::permissions(entry.path(), fs::perms::owner_read | fs::perms::others_read);
  EXPECT_TRUE(as_nobody([&] { return refuses_to_write(path); }));
  for (auto const& entry : fs::directory_iterator(folder.path())) fs::permissions(entry.path(), fs::perms::owner_all);
  EXPECT_TRUE(open(path)->get(pushed[0].id));
}

TEST(SqliteErrors, a_read_only_folder) {
  Folder const folder;
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  if (::geteuid() != 0) fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_TRUE(as_nobody([&] { return refuses_to_write(folder / "q.db"); }));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(SqliteErrors, a_network_file_system) {
  Location const location{"/srv/share/q.db"};
  auto const error = error_of([&] {
    refuse_network_file_system(location,
                               [](std::string const& folder) { return folder == "/srv/share" ? 0x6969L : 0L; });
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::refused);
  EXPECT_THAT(error->what(), HasSubstr("network file system (NFS)"));
  // As a 32-bit f_type arrives in a long.
  EXPECT_TRUE(error_of([&] {
    refuse_network_file_system(location,
                               [](std::string const&) { return static_cast<long>(static_cast<int>(0xFF534D42)); });
  }));
  EXPECT_FALSE(error_of([&] { refuse_network_file_system(location, [](std::string const&) { return 0xEF53L; }); }))
      << "ext4";
  Folder const folder;
  EXPECT_NE(file_system_type(folder.path()), 0) << "the real question gets an answer";
}

TEST(SqliteErrors, a_damaged_page_is_found_and_named) {
  Folder const folder;
  auto const path = folder / "q.db";
  {
    auto const store = open(path);
    auto const pushed = jobs(2000);
    store->push({.jobs = pushed});
  }
  { Stranger(path).run("PRAGMA wal_checkpoint(TRUNCATE)"); }
  std::string bytes = content(path);
  for (std::size_t at = 20 * 4096; at < 60 * 4096; ++at) bytes[at] = static_cast<char>(at * 7);
  write_file(path, bytes);
  auto const store = open(path);
  auto const report = store->check();
  EXPECT_FALSE(report.ok());
  EXPECT_THAT(report.problems.at(0), HasSubstr("the file is damaged"));
  auto const error = error_of([&] {
    store->query({.limit = 1000});
    store->query({.newest_first = false, .limit = 1000});
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::corrupt) << error->what();
}

TEST(SqliteErrors, a_lock_held_for_too_long_is_a_timeout_that_changed_nothing) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  Stranger stranger(path);
  stranger.run("BEGIN IMMEDIATE");
  auto const pushed = jobs(1);
  auto const error = error_of([&] { store->push({.jobs = pushed}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::timeout) << error->what();
  EXPECT_TRUE(error->retryable());
  EXPECT_FALSE(error->outcome_unknown());
  stranger.run("ROLLBACK");
  EXPECT_EQ(store->push({.jobs = pushed}).statuses.at(0), PushStatus::pushed);
}

// As a migration does that must keep older programs from writing.
TEST(SqliteErrors, a_newer_program_has_updated_the_file_under_an_open_store) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  { Stranger(path).run("ALTER TABLE kue_unfinished RENAME TO something_else"); }
  auto const pushed = jobs(1);
  auto const error = error_of([&] { store->push({.jobs = pushed}); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("no such table: kue_unfinished (SQLite code 1): if a newer program has updated "
                                       "the file meanwhile, this one must be updated"));
  EXPECT_FALSE(error->outcome_unknown());
}

TEST(SqliteErrors, check_finds_counters_that_are_wrong) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const pushed = jobs(3);
  store->push({.jobs = pushed});
  ASSERT_TRUE(store->check().ok());
  { Stranger(path).run("UPDATE kue_queues SET available = 7"); }
  EXPECT_THAT(store->check().problems,
              ::testing::ElementsAre(HasSubstr("queue default counts 7 jobs in state number 2 and has 3")));
  {
    Stranger(path).run("UPDATE kue_queues SET available = 2; DELETE FROM kue_unfinished WHERE seq = 2; UPDATE "
                       "kue_unfinished SET place = 0 WHERE seq = 3; "
                       "INSERT INTO kue_attempts (seq, claim_no, attempt, reason, type, message, signal, started_at, "
                       "ended_at, node, pid) "
                       "VALUES (99, 1, 1, 1, '', '', 0, 0, 0, 0, 0)");
  }
  EXPECT_THAT(store->check().problems,
              ::testing::UnorderedElementsAre(HasSubstr("(number 2) is in no state"),
                                              HasSubstr("job number 3 in state number 2 stands in place 0"),
                                              HasSubstr("job number 99 is kept and the job is gone")));
}

TEST(SqliteErrors, many_processes_may_open_first_at_the_same_time) {
  Folder const folder;
  auto const path = folder / "q.db";
  int start[2];
  ASSERT_EQ(::pipe(start), 0);
  std::vector<Child> children;
  for (int i = 0; i < 8; ++i) {
    children.emplace_back([&] {
      ::close(start[1]);
      char byte = 0;
      (void)!::read(start[0], &byte, 1);  // returns for all of them when the parent closes its end
      auto const pushed = jobs(5);
      open(path)->push({.jobs = pushed});
      return true;
    });
  }
  ::close(start[1]);
  for (Child& child : children) EXPECT_TRUE(child.good());
  ::close(start[0]);
  EXPECT_EQ(open(path)->counts().at(0).of(State::available), 40);
}

}  // namespace
}  // namespace kue::sqlite::test
