#pragma once
// Library: the data folder. Each picture has a folder named by its id, with the original, its record, and its
// thumbnails.
//
//   Library library("studio-data");
//   Library::Upload upload = library.receive();
//   upload.write(bytes);                          // as they arrive
//   library.keep(upload, picture);                // from here on the picture stands, whole, also after a power cut
//
// Thread-safe, and several processes may use one folder. Throws std::system_error that names the file.

#include "durable_file.hpp"
#include "picture_header.hpp"
#include "picture_id.hpp"

#include <kue/id.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace studio {

inline constexpr std::array<int, 4> kSizes{160, 480, 960, 1600};  // longest side in pixels
inline constexpr std::size_t kMaxFileBytes = 32 * 1024 * 1024;

// What is known of a picture from the moment that it was accepted. Written once, beside the original.
struct Picture {
  std::string id;
  std::string name;           // as the client called it: text to show, never a path
  std::string format;         // "JPEG" or "PNG"
  int width = 0, height = 0;  // as shown, after the turn that the camera noted
  std::int64_t bytes = 0;
  std::int64_t added_at_ms = 0;     // UTC
  std::map<int, std::string> jobs;  // size -> job id
};

class Library {
 public:
  // A file on its way in. Removed again unless it is kept.
  class Upload {
   public:
    void write(std::string_view bytes);
    std::size_t size() const { return size_; }
    std::filesystem::path const& path() const { return file_->path(); }
    ~Upload();

   private:
    friend class Library;
    explicit Upload(std::filesystem::path folder);
    std::filesystem::path folder_;
    std::unique_ptr<DurableFile> file_;
    std::size_t size_ = 0;
  };

  explicit Library(std::filesystem::path const& folder);           // made if it is missing
  std::filesystem::path const& folder() const { return folder_; }  // absolute

  Upload receive();
  void keep(Upload& upload, Picture const& picture);
  void forget(PictureId const& id);
  void clear_leftovers();  // uploads that a dead server left; called by the one server when it starts

  std::vector<Picture> pictures() const;  // oldest first
  std::vector<std::uint8_t> original(PictureId const& id) const;
  std::filesystem::path thumbnail_path(PictureId const& id, int size) const;
  void write_thumbnail(PictureId const& id, int size, std::string const& jpeg);

 private:
  std::filesystem::path picture_folder(PictureId const& id) const { return folder_ / "pictures" / id.str(); }
  std::filesystem::path incoming() const { return folder_ / "incoming"; }
  std::filesystem::path folder_;
};

}  // namespace studio
