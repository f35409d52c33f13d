#include <kue/testing/journal.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace kue::testing {
namespace {

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / ("kue-journal-" + JobId::make().str())).string();
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(journal, a_line_reads_back_as_it_was_written) {
  JournalLine line;
  line.verb = JournalVerb::run_begin;
  line.job = JobId::make();
  line.claim_no = 3;
  line.attempt = 2;
  line.pid = 4242;
  line.alongside = 17;
  line.at_ns = 123456789;
  line.args_hash = 0xfeedU;
  std::string const text = to_text(line);
  ASSERT_EQ(text.back(), '\n');
  auto const read = parse_journal_line(std::string_view(text).substr(0, text.size() - 1));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), text);
  EXPECT_EQ(read->alongside, 17);
}

TEST(journal, only_the_last_line_of_a_file_may_be_torn) {
  std::string const whole = "push_ok " + JobId::make().str() + " args=0000000000000007 run_at=1000\n";
  Journal journal;
  read_journal("a", whole + whole + "push_ok 0193", journal);
  EXPECT_EQ(journal.lines.size(), 2U);
  EXPECT_TRUE(journal.torn.empty());
  read_journal("b", whole + "push_ok 0193" + whole, journal);
  EXPECT_EQ(journal.lines.size(), 3U);
  ASSERT_EQ(journal.torn.size(), 1U);
  EXPECT_EQ(journal.torn.front().substr(0, 4), "b:2:");
}

TEST(journal, half_a_line_is_not_a_line) {
  std::string const id = JobId::make().str();
  for (std::string const& text :
       {std::string(), std::string("run_begin"), "run_begin " + id, "run_begin " + id + " claim=1 pid=4",
        "run_end " + id + " claim=1 pid=4 at=7", "run_end " + id + " claim=x pid=4 at=7 how=threw", "dance " + id,
        "push_ok " + id + " unknown=1"}) {
    EXPECT_FALSE(parse_journal_line(text)) << text;
  }
}

TEST(journal, what_a_process_wrote_before_it_was_killed_is_there) {
  Folder const folder;
  JobId const job = JobId::make();
  pid_t const child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    JournalWriter writer(folder.path);
    writer.run_begin(job, 1, 1, 7);
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  JournalWriter(folder.path).run_end(job, 2, "returned");
  Journal const journal = read_journals(folder.path);
  ASSERT_EQ(journal.lines.size(), 2U);
  EXPECT_TRUE(journal.torn.empty());
  auto const& begin = journal.lines.at(journal.lines.at(0).verb == JournalVerb::run_begin ? 0 : 1);
  EXPECT_EQ(begin.pid, child);
  EXPECT_EQ(begin.job, job);
  EXPECT_LE(begin.at_ns, monotonic_ns());
}

}  // namespace
}  // namespace kue::testing
