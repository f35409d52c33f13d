#pragma once
// PictureId: 32 hexadecimal digits made by the server. A folder bears it; what the client calls a picture never becomes
// a path.

#include <optional>
#include <string>
#include <string_view>

namespace studio {

class PictureId {
 public:
  static PictureId make();                                       // 128 random bits
  static std::optional<PictureId> parse(std::string_view text);  // exactly what make() gives

  std::string const& str() const { return text_; }
  auto operator<=>(PictureId const&) const = default;

 private:
  explicit PictureId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace studio
