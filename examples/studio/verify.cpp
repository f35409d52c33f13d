// studio verify: reads every thumbnail again and asks the store who made it. The proof of `./dev demo --once`.

#include "commands.hpp"
#include "make_thumbnail.hpp"
#include "pixels.hpp"

#include <kue/json.hpp>
#include <kue/store.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <sstream>

namespace studio {
namespace {

struct Expected {
  int pictures = 0;  // 0: any number
  int master = 0;    // pid of queue:worker; 0: not asked
  int server = 0;
  std::set<int> children;  // of the master, as /proc showed them while it worked; empty: not asked
};

std::set<int> numbers(std::string const& text) {
  std::istringstream in(text);
  std::set<int> found;
  for (int number = 0; in >> number;) found.insert(number);
  return found;
}

// How far two pictures of one size are apart: the mean difference of a colour value, 0 to 255.
double distance(Pixels const& a, Pixels const& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(int{a.rgb[i]} - int{b.rgb[i]});
  return sum / static_cast<double>(a.rgb.size());
}

constexpr Extent kTiny{12, 12};

std::vector<std::string> check_file(Library const& pictures, PictureId const& id, PictureHeader const& header,
                                    Pixels const& tiny, int size) {
  auto const path = pictures.thumbnail_path(id, size);
  if (!std::filesystem::exists(path)) return {fmt::format("{} does not exist", path.string())};
  Pixels const thumbnail = decode(read_file(path));
  Extent const right = fit(header.shown(), size);
  std::vector<std::string> wrong;
  if (thumbnail.extent != right) {
    wrong.push_back(fmt::format("{} is {} x {}, not {} x {}", path.string(), thumbnail.extent.width,
                                thumbnail.extent.height, right.width, right.height));
  }
  if (double const apart = distance(shrink(thumbnail, kTiny), tiny); apart > 6) {
    wrong.push_back(fmt::format("{} shows another picture than its original (colours differ by {:.0f} of 255)",
                                path.string(), apart));
  }
  return wrong;
}

std::vector<std::string> check_maker(std::optional<kue::JobRecord> const& record, Expected const& expected) {
  if (!record) return {"the store does not know its job"};
  if (record->state != kue::State::completed)
    return {fmt::format("its job is {}, not completed", to_string(record->state))};
  auto const made = kue::from_json<Thumbnail>(record->result);
  std::vector<std::string> wrong;
  if (expected.master != 0 && made.parent_pid != expected.master) {
    wrong.push_back(fmt::format("made by process {}, whose parent was {}, not the master {} of queue:worker", made.pid,
                                made.parent_pid, expected.master));
  }
  if (made.pid == expected.master || made.pid == expected.server)
    wrong.push_back(fmt::format("made by {}, which is no child of queue:worker", made.pid));
  if (!expected.children.empty() && !expected.children.contains(made.pid)) {
    wrong.push_back(
        fmt::format("made by process {}, which was never seen among the children of queue:worker", made.pid));
  }
  return wrong;
}

void print_row(Picture const& picture, int size, std::optional<kue::JobRecord> const& record) {
  if (!record || record->result.empty() || !record->attempted_at || !record->finished_at) return;
  auto const made = kue::from_json<Thumbnail>(record->result);
  fmt::print("{:<18.18} {:>5} px  {:>9}  {:>4} kB  {:>6} ms  {:>5} ms  {:>7}\n", picture.name, size,
             fmt::format("{}x{}", made.width, made.height), made.bytes / 1000,
             (*record->attempted_at - record->inserted_at).count(),
             (*record->finished_at - *record->attempted_at).count(), made.pid);
}

std::vector<std::string> check_picture(Library const& pictures, kue::Store& store, Picture const& picture,
                                       Expected const& expected) {
  auto const id = *PictureId::parse(picture.id);
  std::vector<std::uint8_t> const original = pictures.original(id);
  PictureHeader const header = probe_header(original).header.value();
  Pixels const tiny = turn(shrink(decode(original), kTiny), header.orientation);
  std::vector<std::string> wrong;
  for (int const size : kSizes) {
    auto const job = picture.jobs.find(size);
    auto const job_id = job == picture.jobs.end() ? std::nullopt : kue::JobId::parse(job->second);
    std::optional<kue::JobRecord> const record = job_id ? store.get(*job_id) : std::nullopt;
    print_row(picture, size, record);
    auto problems = check_file(pictures, id, header, tiny, size);
    for (std::string& problem : check_maker(record, expected)) problems.push_back(std::move(problem));
    for (std::string const& problem : problems)
      wrong.push_back(fmt::format("{}, {} px: {}", picture.name, size, problem));
  }
  return wrong;
}

}  // namespace

int verify(spark::Application& app, spark::Args const& args) {
  Expected const expected{.pictures = args.number("--pictures"),
                          .master = args.number("--master"),
                          .server = args.number("--server"),
                          .children = numbers(args.optional_text("--children").value_or(""))};

  Library const& pictures = app.get(picture_library);
  kue::Store& store = app.get(spark::store);
  std::vector<std::string> wrong;
  std::vector<Picture> const all = pictures.pictures();
  if (expected.pictures != 0 && static_cast<int>(all.size()) != expected.pictures) {
    wrong.push_back(
        fmt::format("there are {} pictures in {}, not {}", all.size(), pictures.folder().string(), expected.pictures));
  }
  fmt::print("{:<18} {:>8}  {:>9}  {:>7}  {:>9}  {:>8}  {:>7}\n", "picture", "size", "made", "bytes", "waited", "ran",
             "by pid");
  for (Picture const& picture : all) {
    for (std::string& problem : check_picture(pictures, store, picture, expected)) wrong.push_back(std::move(problem));
  }
  for (std::string const& problem : wrong) fmt::print(stderr, "wrong: {}\n", problem);
  if (!wrong.empty()) return 1;
  fmt::print("{} thumbnails of {} pictures: all there, all of the right size{}.\n", all.size() * kSizes.size(),
             all.size(),
             expected.master != 0 ? fmt::format(", all made by children of queue:worker {}", expected.master) : "");
  return 0;
}

}  // namespace studio
