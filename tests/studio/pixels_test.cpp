// The picture part of the studio: headers, decoding, shrinking, turning. No server.
#include "pictures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace studio::test {
namespace {

using ::testing::HasSubstr;

Extent size_of(std::string const& file) {
  Probe const probe = probe_header(as_bytes(file));
  EXPECT_TRUE(probe.header) << probe.refusal;
  return probe.header ? probe.header->stored : Extent{};
}

std::string refusal_of(std::string const& file, int status) {
  Probe const probe = probe_header(as_bytes(file));
  EXPECT_FALSE(probe.header);
  EXPECT_EQ(probe.status, status) << probe.refusal;
  return probe.refusal;
}

std::string decode_error(std::string const& file) {
  try {
    decode(as_bytes(file));
  } catch (Unreadable const& error) {
    return error.what();
  }
  return "it was read";
}

struct Rgb {
  int r, g, b;
};
Rgb at(Pixels const& picture, int x, int y) {
  std::size_t const i =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.extent.width) + static_cast<std::size_t>(x)) * 3;
  return {picture.rgb.at(i), picture.rgb.at(i + 1), picture.rgb.at(i + 2)};
}

TEST(picture_header, tells_size_and_format) {
  EXPECT_EQ(size_of(jpeg(301, 77)), (Extent{301, 77}));
  EXPECT_EQ(size_of(png(64, 500)), (Extent{64, 500}));
  EXPECT_EQ(probe_header(as_bytes(png(8, 8))).header->format, Format::png);
}

TEST(picture_header, reads_the_orientation_and_swaps_the_sides) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    std::string const file = jpeg_with_orientation(40, 20, orientation);
    Probe const probe = probe_header(as_bytes(file));
    ASSERT_TRUE(probe.header) << probe.refusal;
    EXPECT_EQ(probe.header->orientation, orientation);
    EXPECT_EQ(probe.header->shown(), orientation >= 5 ? (Extent{20, 40}) : (Extent{40, 20}));
  }
  EXPECT_EQ(probe_header(as_bytes(jpeg_with_orientation(40, 20, 99))).header->orientation, 1);
}

TEST(picture_header, refuses_with_a_sentence) {
  EXPECT_THAT(refusal_of("", 400), HasSubstr("empty (0 bytes)"));
  EXPECT_THAT(refusal_of("Dear diary, this is not a picture at all.", 415), HasSubstr("neither JPEG nor PNG"));
  EXPECT_THAT(refusal_of("GIF89a.........", 415), HasSubstr("a GIF"));
  EXPECT_THAT(refusal_of(bomb_png(50'000, 50'000), 422),
              HasSubstr("50000 x 50000 pixels, 2500 megapixels; the limit is 40"));
  EXPECT_THAT(refusal_of(bomb_png(0, 10), 422), HasSubstr("0 pixels"));
  EXPECT_THAT(refusal_of(bomb_png(0xFFFFFFFF, 2), 422), HasSubstr("damaged"));
  EXPECT_THAT(refusal_of(png(9, 9).substr(0, 20), 422), HasSubstr("ends before"));
  EXPECT_THAT(refusal_of(jpeg(9, 9).substr(0, 30), 422), HasSubstr("ends before"));
}

TEST(picture_header, every_cut_of_a_header_is_answered) {
  for (std::string const& file : {jpeg_with_orientation(30, 20, 6), png(30, 20)}) {
    for (std::size_t length = 0; length < file.size(); ++length) {
      Probe const probe = probe_header(as_bytes(file.substr(0, length)));
      EXPECT_NE(probe.header.has_value(), !probe.refusal.empty());
    }
  }
}

TEST(pixels, fit_keeps_the_shape_and_never_enlarges) {
  EXPECT_EQ(fit({2560, 1600}, 160), (Extent{160, 100}));
  EXPECT_EQ(fit({1600, 2560}, 160), (Extent{100, 160}));
  EXPECT_EQ(fit({1680, 1050}, 1600), (Extent{1600, 1000}));
  EXPECT_EQ(fit({300, 200}, 960), (Extent{300, 200}));
  EXPECT_EQ(fit({960, 960}, 960), (Extent{960, 960}));
  EXPECT_EQ(fit({10'000, 3}, 160), (Extent{160, 1}));  // never 0
  EXPECT_EQ(fit({999, 500}, 480), (Extent{480, 240}));
}

TEST(pixels, png_comes_back_exactly) {
  Pixels const original = pattern(123, 45);
  Pixels const decoded = decode(as_bytes(encode_png(original)));
  EXPECT_EQ(decoded.extent, original.extent);
  EXPECT_EQ(decoded.rgb, original.rgb);
}

TEST(pixels, shrinking_keeps_the_picture) {
  Pixels const small = shrink(decode(as_bytes(jpeg(1200, 900))), {160, 120});
  ASSERT_EQ(small.extent, (Extent{160, 120}));
  EXPECT_NEAR(at(small, 80, 60).r, 128, 6);
  EXPECT_NEAR(at(small, 80, 60).g, 128, 6);
  EXPECT_NEAR(at(small, 40, 30).b, 255, 6);
  EXPECT_NEAR(at(small, 120, 30).b, 0, 6);
  for (int y = 1; y < 120; ++y)
    EXPECT_NEAR(at(small, 80, y).g - at(small, 80, y - 1).g, 2, 5) << "a seam between two strips at row " << y;
}

TEST(pixels, turns_as_the_camera_was_held) {
  Pixels const original = pattern(40, 20);
  auto const corner = [&](int orientation) {  // where the top left of the stored picture is shown
    Pixels const turned = turn(original, orientation);
    int const right = turned.extent.width - 1;
    int const bottom = turned.extent.height - 1;
    auto const stored_top_left = [](Rgb c) { return c.r == 0 && c.g == 0 && c.b == 255; };
    return std::string(stored_top_left(at(turned, 0, 0)) ? "top left" : "") +
           (stored_top_left(at(turned, right, 0)) ? "top right" : "") +
           (stored_top_left(at(turned, right, bottom)) ? "bottom right" : "") +
           (stored_top_left(at(turned, 0, bottom)) ? "bottom left" : "");
  };
  EXPECT_EQ(corner(1), "top left");
  EXPECT_EQ(corner(2), "top right");
  EXPECT_EQ(corner(3), "bottom right");
  EXPECT_EQ(corner(4), "bottom left");
  EXPECT_EQ(corner(5), "top left");
  EXPECT_EQ(corner(6), "top right");
  EXPECT_EQ(corner(7), "bottom right");
  EXPECT_EQ(corner(8), "bottom left");
  EXPECT_EQ(turn(original, 6).extent, (Extent{20, 40}));
  EXPECT_EQ(turn(turn(original, 6), 8).rgb, original.rgb);
}

TEST(pixels, a_cut_file_is_named_as_cut) {
  std::string const good_jpeg = jpeg(400, 300);
  std::string const good_png = png(400, 300);
  for (std::size_t percent : {50U, 80U, 99U}) {
    EXPECT_THAT(decode_error(good_jpeg.substr(0, good_jpeg.size() * percent / 100)), HasSubstr("JPEG file is cut off"));
    EXPECT_THAT(decode_error(good_png.substr(0, good_png.size() * percent / 100)), HasSubstr("PNG file is cut off"));
  }
}

TEST(pixels, a_damaged_file_is_named_as_damaged) {
  std::string file = png(400, 300);
  for (std::size_t i = 60; i < 200; ++i) file[i] = static_cast<char>(i * 37);
  EXPECT_THAT(decode_error(file), HasSubstr("damaged"));
}

TEST(pixels, progress_rises_and_a_stop_is_obeyed) {
  std::vector<double> seen;
  std::string const file = jpeg(900, 700);  // a PNG is read in larger bites
  Pixels const picture = decode(as_bytes(file), [&](double done) { return seen.push_back(done), true; });
  EXPECT_GT(seen.size(), 20U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  int ticks = 0;
  EXPECT_THROW(decode(as_bytes(file), [&](double) { return ++ticks < 5; }), Stopped);
  EXPECT_EQ(ticks, 5);
  EXPECT_THROW(shrink(picture, {90, 70}, [](double done) { return done < 0.5; }), Stopped);
}

}  // namespace
}  // namespace studio::test
