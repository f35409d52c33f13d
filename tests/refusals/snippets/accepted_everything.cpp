// accepted
#include <kue/queue.hpp>

#include <kue/registry.hpp>

struct Mailer {};
struct Part {
  std::vector<std::byte> bytes;
  std::optional<int> n;
};

struct Good {
  int order = 0;
  std::map<std::string, Part> parts;

  static constexpr std::string_view kind = "shop.good";
  static constexpr kue::JobOptions options{.queue = "billing", .max_attempts = 8, .timeout = kue::Millis(120'000)};
  static std::chrono::minutes backoff(std::uint32_t attempt) noexcept { return std::chrono::minutes(attempt); }
  void validate() const noexcept {}
  void failed(kue::Failure const&, Mailer&) const {}
  int run(kue::Context&, kue::Logger&, Mailer&, Mailer const&) noexcept { return order; }
};
void add(kue::Registry& registry) { registry.add<Good>(); }

void push(kue::Queue& queue) { queue.push(Good(7), {.delay = std::chrono::minutes(5), .priority = 3}); }
