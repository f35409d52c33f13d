#include "library.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace studio {
namespace fs = std::filesystem;

Library::Upload::Upload(fs::path folder) : folder_(std::move(folder)) {
  fs::create_directory(folder_);
  file_ = std::make_unique<DurableFile>(folder_ / "original");
}

Library::Upload::~Upload() {
  if (folder_.empty()) return;  // it was kept
  file_.reset();
  std::error_code ignored;  // what stays is swept by clear_leftovers()
  fs::remove_all(folder_, ignored);
}

void Library::Upload::write(std::string_view bytes) {
  file_->write(bytes);
  size_ += bytes.size();
}

Library::Library(fs::path const& folder) : folder_(fs::absolute(folder).lexically_normal()) {
  fs::create_directories(folder_ / "pictures");
  fs::create_directories(incoming());
}

Library::Upload Library::receive() { return Upload(incoming() / PictureId::make().str()); }

void Library::keep(Upload& upload, Picture const& picture) {
  upload.file_->finish();
  write_durably(upload.folder_ / "picture.json", kue::to_json(picture));
  fs::path const target = folder_ / "pictures" / picture.id;
  fs::rename(upload.folder_, target);  // the whole folder at once: nobody sees a half picture
  upload.folder_.clear();
  sync_folder(target.parent_path());
}

void Library::forget(PictureId const& id) {
  std::error_code ignored;
  fs::remove_all(picture_folder(id), ignored);
}

void Library::clear_leftovers() {
  for (fs::directory_entry const& entry : fs::directory_iterator(incoming())) {
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
}

namespace {

Picture read_record(fs::path const& path) {
  std::vector<std::uint8_t> const text = read_file(path);
  try {
    return kue::from_json<Picture>({reinterpret_cast<char const*>(text.data()), text.size()});
  } catch (kue::Error const& error) {
    throw kue::Error(error.kind(), fmt::format("{} is not the record of a picture ({}); move its folder away",
                                               path.string(), error.what()));
  }
}

}  // namespace

std::vector<Picture> Library::pictures() const {
  std::vector<Picture> all;
  for (fs::directory_entry const& entry : fs::directory_iterator(folder_ / "pictures")) {
    if (!PictureId::parse(entry.path().filename().string())) continue;  // not one of ours
    all.push_back(read_record(entry.path() / "picture.json"));
  }
  std::sort(all.begin(), all.end(), [](Picture const& a, Picture const& b) {
    return std::tie(a.added_at_ms, a.id) < std::tie(b.added_at_ms, b.id);
  });
  return all;
}

std::vector<std::uint8_t> Library::original(PictureId const& id) const {
  return read_file(picture_folder(id) / "original");
}

fs::path Library::thumbnail_path(PictureId const& id, int size) const {
  return picture_folder(id) / fmt::format("{}.jpg", size);
}

void Library::write_thumbnail(PictureId const& id, int size, std::string const& jpeg) {
  fs::path const path = thumbnail_path(id, size);
  std::string const left_by_the_dead = path.filename().string() + ".";  // parts of a run that was killed
  for (fs::directory_entry const& entry : fs::directory_iterator(path.parent_path())) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(left_by_the_dead)) fs::remove(entry.path(), ignored);
  }
  write_durably(path, jpeg);
}

}  // namespace studio
