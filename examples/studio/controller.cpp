#include "controller.hpp"

#include "make_thumbnail.hpp"
#include "page.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace studio {
namespace {

std::vector<kue::Envelope> jobs_of(Picture const& picture) {
  std::vector<kue::Envelope> jobs;
  for (int const size : kSizes) {
    // The smallest first, over all pictures: something of everything can be seen early.
    jobs.push_back(kue::make_envelope(MakeThumbnail{picture.id, size},
                                      {.priority = static_cast<int>(jobs.size()), .tags = {"picture-" + picture.id}}));
  }
  return jobs;
}

Picture record_of(PictureId const& id, std::string name, PictureHeader const& header, std::size_t bytes) {
  Picture picture{.id = id.str(), .name = std::move(name), .format = std::string(to_string(header.format))};
  picture.width = header.shown().width;
  picture.height = header.shown().height;
  picture.bytes = static_cast<std::int64_t>(bytes);
  picture.added_at_ms = kue::Clock::system().now().time_since_epoch().count();
  return picture;
}

double millis_since(Controller::Steady started) {
  auto const micros =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
  return static_cast<double>(micros / 100) / 10.0;
}

}  // namespace

Answer refusal(int status, std::string sentence) {
  return {.status = status, .body = kue::to_json(Refusal{std::move(sentence)})};
}

std::string shown_name(std::string_view sent) {
  constexpr std::size_t kCharacters = 120;
  if (!kue::valid_utf8(sent)) return "picture (its name is not UTF-8)";
  std::string shown;
  std::size_t characters = 0;
  for (char const c : sent) {
    bool const starts = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (starts && ++characters > kCharacters) break;
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return shown.find_first_not_of(' ') == std::string::npos ? "picture without a name" : shown;
}

Answer Controller::get(std::string_view path) const {
  constexpr std::string_view kThumbs = "/thumbs/";
  if (path == "/pictures") return {.body = kue::to_json(gallery_.all())};
  if (path.starts_with(kThumbs)) return thumbnail(path.substr(kThumbs.size()));
  for (PageFile const& file : page_files()) {
    if (file.path == path) return {200, std::string(file.type), std::string(file.content), "no-cache"};
  }
  return refusal(404, "There is nothing at this address.");
}

// The page's "Retry": an operator's retry of the jobs that failed.
Answer Controller::post(std::string_view path) try {
  constexpr std::string_view kPictures = "/pictures/", kRetry = "/retry";
  if (!path.starts_with(kPictures) || !path.ends_with(kRetry)) return refusal(404, "There is nothing at this address.");
  path.remove_prefix(kPictures.size());
  auto const id = PictureId::parse(path.substr(0, path.size() - std::min(path.size(), kRetry.size())));
  auto const retried = id ? gallery_.try_again(*id) : std::nullopt;
  if (!retried) return refusal(404, "There is no such picture.");
  if (*retried == 0) return refusal(409, "None of its sizes has failed: there is nothing to try again.");
  return {.status = 202, .body = kue::to_json(Retried{*retried})};
} catch (kue::Error const& error) {
  log_.error("a picture was not tried again: {}", error.what());
  return refusal(503, fmt::format("The queue did not take it up, please try once more. {}", error.what()));
}

// ID/SIZE.jpg and nothing else: whatever is not an id and a size that we make never reaches the file system.
Answer Controller::thumbnail(std::string_view rest) const {
  auto const slash = rest.find('/');
  auto const id = PictureId::parse(rest.substr(0, slash));
  std::string_view const file = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  auto const size = std::find_if(kSizes.begin(), kSizes.end(), [&](int s) { return file == fmt::format("{}.jpg", s); });
  if (!id || size == kSizes.end()) return refusal(404, "There is no such thumbnail.");
  std::filesystem::path const path = library_.thumbnail_path(*id, *size);
  if (!std::filesystem::exists(path)) return refusal(404, "This thumbnail is not made, or not yet.");
  std::vector<std::uint8_t> const bytes = read_file(path);
  return {200, "image/jpeg", {bytes.begin(), bytes.end()}, "private, max-age=31536000, immutable"};
}

Answer Controller::accept(Library::Upload& upload, std::string_view name, Steady started) try {
  Probe const probe = probe_header(read_file(upload.path(), kHeaderBytes));
  if (!probe.header) return refusal(probe.status, probe.refusal);

  PictureId const id = PictureId::make();
  Picture picture = record_of(id, shown_name(name), *probe.header, upload.size());
  std::vector<kue::Envelope> jobs = jobs_of(picture);
  for (std::size_t i = 0; i < jobs.size(); ++i) picture.jobs[kSizes.at(i)] = jobs[i].id.str();

  library_.keep(upload, picture);  // before the push: a job must find its picture
  try {
    push(jobs);
  } catch (kue::Error const& error) {
    if (!error.outcome_unknown()) library_.forget(id);
    throw;
  }
  double const answered_ms = millis_since(started);
  gallery_.add(picture, answered_ms);
  return {.status = 202, .body = kue::to_json(Accepted{id.str(), answered_ms, picture.jobs})};
} catch (kue::Error const& error) {
  log_.error("a picture was not accepted: {}", error.what());
  return refusal(503, fmt::format("The queue did not take the picture, please send it again. {}", error.what()));
} catch (std::exception const& error) {
  log_.error("a picture was not accepted: {}", error.what());
  return refusal(507, fmt::format("The picture could not be kept: {}", error.what()));
}

// All jobs of a picture or none. When the answer of the store is lost the same ids are pushed again: one id is one job.
void Controller::push(std::vector<kue::Envelope>& jobs) {
  constexpr int kTries = 3;
  for (int attempt = 1;; ++attempt) {
    try {
      std::vector<kue::Envelope> copy = jobs;
      queue_.push_many(copy);
      return;
    } catch (kue::Error const& error) {
      if (!error.outcome_unknown() || attempt == kTries) throw;
      log_.warn("pushing again, the outcome is unknown: {}", error.what());
    }
  }
}

int push_forgotten(Library const& pictures, kue::Queue& queue) {
  int pushed = 0;
  for (Picture const& picture : pictures.pictures()) {
    auto const id = *PictureId::parse(picture.id);
    bool const known = std::any_of(picture.jobs.begin(), picture.jobs.end(), [&](auto const& job) {
      auto const job_id = kue::JobId::parse(job.second);
      return std::filesystem::exists(pictures.thumbnail_path(id, job.first)) || (job_id && queue.find(*job_id));
    });
    if (known) continue;
    std::vector<kue::Envelope> jobs = jobs_of(picture);
    std::size_t i = 0;
    for (auto const& job : picture.jobs) {
      if (auto const job_id = kue::JobId::parse(job.second)) jobs.at(i++).id = *job_id;
    }
    queue.push_many(jobs);
    ++pushed;
  }
  return pushed;
}

}  // namespace studio
