#pragma once
// Schema: is this file ours, and is it as new as this program? The migrations, in order.

#include "kue/stores/sqlite/file/format.hpp"

#include <cstdint>

namespace kue::sqlite {

inline constexpr std::int32_t kApplicationId = 0x5350524b;  // "SPRK", bytes 68 to 71 of the file

class Schema final : public Format {
 public:
  static Schema const& instance();
  int newest() const override;
  Found look(Connection& connection) const override;  // refuses a file of another program, or of a newer one
  void migrate(Connection& connection) const override;
  void touch(Connection& connection) const override;
};

}  // namespace kue::sqlite
