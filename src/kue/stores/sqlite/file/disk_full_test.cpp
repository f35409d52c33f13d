// A full disk: pushes are refused with Error(full), everything accepted is claimed and finished, pushes go on when
// there is space.
// On a real small file system, in a mount namespace of a child process, so that nothing stays behind.

#include "kue/base/fd.hpp"
#include "kue/stores/sqlite/file/disk_space.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <fstream>

namespace kue::sqlite::test {
namespace {

constexpr int kNoMount = 77;

// Unprivileged users may mount in a user namespace of their own, where the kernel allows it.
bool mount_small_disk(std::string const& folder, std::string const& size) {
  int const flags = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  if (::unshare(flags) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return ::mount("none", folder.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

void fill(std::string const& file) {
  Fd const filler(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::vector<char> const block(4096, 'x');
  for (int i = 0; i < 100'000 && ::write(filler.get(), block.data(), block.size()) > 0; ++i) {}
}

bool expect(bool good, std::string const& what) {
  if (!good) fmt::print(stderr, "expected: {}\n", what);
  return good;
}

// Pushes until the disk is full; the ids that were accepted.
std::vector<JobId> push_until_full(Store& store, std::size_t most) {
  std::vector<JobId> accepted;
  while (accepted.size() < most) {
    auto batch = jobs(20);
    for (Envelope& each : batch) each.args = fmt::format(R"({{"text":"{}"}})", std::string(500, 'a'));
    auto const error = error_of([&] { store.push({.jobs = batch}); });
    if (error) {
      if (error->kind() != ErrorKind::full) throw *error;
      return accepted;
    }
    for (Envelope const& each : batch) accepted.push_back(each.id);
  }
  throw std::runtime_error("the disk did not become full");
}

bool finish_all(Store& store, std::vector<JobId> const& accepted) {
  Hand hand(store);
  int const finished = hand.drain(50);
  bool good = expect(finished == static_cast<int>(accepted.size()),
                     fmt::format("{} jobs finished, not {}", accepted.size(), finished));
  for (JobId const& id : accepted) {
    auto const record = store.get(id);
    good = good && expect(record && record->state == State::completed, "job " + id.str() + " completed");
  }
  return good;
}

bool pushes_go_on(Store& store) {
  auto const again = jobs(5);
  store.push({.jobs = again});
  return expect(store.get(again[0].id).has_value(), "a push after the space was freed") &&
         expect(store.check().ok(), "a sound file");
}

void in_small_disk(std::string const& size, std::function<bool(std::string const&)> const& body) {
  Folder const folder;
  pid_t const pid = ::fork();
  if (pid == 0) {
    ::alarm(50);
    if (!mount_small_disk(folder.path(), size)) ::_exit(kNoMount);
    bool good = false;
    try {
      good = body(folder.path());
    } catch (std::exception const& error) {
      fmt::print(stderr, "child: {}\n", error.what());
    }
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoMount)
    FAIL()
        << "this system lets nobody here mount a small file system (run the tests as root, or allow user namespaces)";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(SqliteDiskFull, pushes_fill_the_disk) {
  in_small_disk("32m", [](std::string const& folder) {
    auto const store = open(folder + "/q.db");
    auto const accepted = push_until_full(*store, 200'000);
    if (!expect(accepted.size() > 1000, "more than 1000 jobs before the disk is full")) return false;
    if (!finish_all(*store, accepted)) return false;
    while (store->prune({.retention = {.usual = {.completed_count = 0}}}).more) {}
    return pushes_go_on(*store);
  });
}

TEST(SqliteDiskFull, another_program_fills_the_disk_to_the_last_byte) {
  in_small_disk("64m", [](std::string const& folder) {
    auto const store = open(folder + "/q.db");
    std::vector<JobId> accepted;
    for (int i = 0; i < 40; ++i) {
      auto const batch = jobs(100);
      store->push({.jobs = batch});
      for (Envelope const& each : batch) accepted.push_back(each.id);
    }
    fill(folder + "/filler");
    auto const refused = jobs(1);
    auto const error = error_of([&] { store->push({.jobs = refused}); });
    if (!expect(error && error->kind() == ErrorKind::full, "a push on a full disk refused as full")) return false;
    if (!expect(!store->get(refused[0].id), "nothing of the refused push kept")) return false;
    if (!finish_all(*store, accepted)) return false;
    fs::remove(folder + "/filler");
    return pushes_go_on(*store);
  });
}

TEST(SqliteDiskFull, another_program_takes_all_space_at_once_after_a_look) {
  in_small_disk("300m", [](std::string const& folder) {
    auto const store = open(folder + "/q.db");
    auto const first = jobs(1);
    store->push({.jobs = first});
    struct statvfs disk {};
    Fd taker(::open((folder + "/taker").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (!expect(::fstatvfs(taker.get(), &disk) == 0 &&
                    static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize) > kFarFromFull,
                "a disk far from full"))
      return false;
    if (!expect(::posix_fallocate(taker.get(), 0, static_cast<off_t>(disk.f_bavail * disk.f_frsize)) == 0,
                "all of it taken"))
      return false;
    auto accepted = push_until_full(*store, 2000);
    accepted.push_back(first[0].id);
    if (!finish_all(*store, accepted)) return false;
    taker.reset();
    fs::remove(folder + "/taker");
    return pushes_go_on(*store);
  });
}

}  // namespace
}  // namespace kue::sqlite::test
