#include "kue/core/base64.hpp"

#include <gtest/gtest.h>

namespace kue::core {
namespace {

std::vector<std::byte> bytes(std::string_view text) {
  auto const* const data = reinterpret_cast<std::byte const*>(text.data());
  return {data, data + text.size()};
}

// RFC 4648, section 10
TEST(base64, examples_of_the_rfc) {
  for (auto const& [plain, coded] : {std::pair("", ""),
                                     {"f", "Zg=="},
                                     {"fo", "Zm8="},
                                     {"foo", "Zm9v"},
                                     {"foob", "Zm9vYg=="},
                                     {"fooba", "Zm9vYmE="},
                                     {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(bytes(plain)), coded);
    EXPECT_EQ(from_base64(coded), bytes(plain));
  }
}

TEST(base64, every_byte_comes_back) {
  std::vector<std::byte> all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(from_base64(to_base64(all)), all);
}

TEST(base64, one_spelling_for_one_value) {
  for (char const* bad : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "=Zm9", "====", "Z===", "Zm-_",
                          "\xFF\xFF\xFF\xFF"}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace kue::core
