#include "commands.hpp"
#include "http_server.hpp"

#include <kue/json.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace studio {
namespace {

bool send_one(std::string const& url, std::string const& file) {
  auto const [status, body] = send_picture(url, file);
  std::string const name = std::filesystem::path(file).filename().string();
  if (status == 202) {
    fmt::print("{:<40.40} answered in {} ms, {} jobs pushed\n", name, kue::from_json<Accepted>(body).answered_ms,
               kSizes.size());
    return true;
  }
  fmt::print(stderr, "{} was not accepted: {}\n", file, kue::from_json<Refusal>(body).error);
  return false;
}

}  // namespace

int upload(std::string const& url, std::vector<std::string> const& files) {
  constexpr int kRefused = 5;
  int refused = 0;
  for (std::string const& file : files) refused += send_one(url, file) ? 0 : 1;
  return refused == 0 ? 0 : kRefused;
}

}  // namespace studio
