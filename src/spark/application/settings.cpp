#include "spark/application/settings.hpp"

#include <kue/envelope.hpp>
#include <kue/error.hpp>

#include "spark/application/duration.hpp"
#include "spark/application/queue_choice.hpp"
#include "spark/application/store_url.hpp"

#include <algorithm>
#include <array>

namespace spark {
namespace {

using Value = SettingValue;
using Type = Setting::Type;

bool set_name(Config& config, Value const& value) {
  config.application.name = value.text;
  return !value.text.empty() && kue::valid_utf8(value.text);
}

bool set_binary(Config& config, Value const& value) {
  config.application.binary = absolute_path(value.text, value.directory);
  return !value.text.empty();
}

bool set_url(Config& config, Value const& value) {
  config.store.url = absolute_store_url(value.text, value.directory);
  return value.text.find(':') != std::string::npos;
}

bool set_durability(Config& config, Value const& value) {
  config.store.durability = value.text == "process" ? kue::Durability::process : kue::Durability::full;
  return value.text == "full" || value.text == "process";
}

bool set_event_log(Config& config, Value const& value) {
  config.store.event_log = value.yes;
  return true;
}

bool set_concurrency(Config& config, Value const& value) {
  if (value.number < 0 || value.number > kue::limits::kMaxConcurrency) return false;
  config.worker.concurrency = static_cast<int>(value.number);
  return true;
}

bool set_queues(Config& config, Value const& value) {
  config.worker.queues = value.list;
  try {
    parse_queue_choice(value.list);
    return true;
  } catch (kue::Error const&) {
    return false;
  }
}

bool set_stop_timeout(Config& config, Value const& value) {
  auto const duration = parse_duration(value.text);
  if (!duration) return false;
  config.worker.stop_timeout = *duration;
  return true;
}

bool set_pid_file(Config& config, Value const& value) {
  config.worker.pid_file = absolute_path(value.text, value.directory);
  return !value.text.empty();
}

bool set_level(Config& config, Value const& value) {
  auto const level = kue::parse_log_level(value.text);
  config.log.level = level.value_or(kue::LogLevel::info);
  return level.has_value();
}

bool set_format(Config& config, Value const& value) {
  config.log.format = value.text == "json" ? kue::LogFormat::json : kue::LogFormat::text;
  return value.text == "text" || value.text == "json";
}

std::string joined(std::vector<std::string> const& items) {
  std::string text;
  for (std::string const& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

// "forever" and a duration.
bool set_time(kue::Millis& time, std::string const& text) {
  auto const duration = text == "forever" ? std::optional(kue::limits::kForever) : parse_duration(text);
  if (duration) time = *duration;
  return duration.has_value();
}

std::string time_text(kue::Millis time) { return time == kue::limits::kForever ? "forever" : duration_text(time); }

constexpr std::string_view kKeepTime = "a duration such as \"24h\", \"0s\" (gone at the next look) or \"forever\"";

constexpr std::array kSettings{
    Setting{"application", "name", Type::text, "a name", set_name, [](Config const& c) { return c.application.name; }},
    Setting{"application", "binary", Type::text, "the path of a program", set_binary,
            [](Config const& c) { return c.application.binary; }},
    Setting{"store", "url", Type::text, "a URL such as \"sqlite:spark.db\"", set_url,
            [](Config const& c) { return without_secrets(c.store.url); }},
    Setting{
        "store", "durability", Type::text, "\"full\" or \"process\"", set_durability,
        [](Config const& c) { return std::string(c.store.durability == kue::Durability::full ? "full" : "process"); }},
    Setting{"store", "event_log", Type::yes_no, "true or false", set_event_log,
            [](Config const& c) { return std::string(c.store.event_log ? "true" : "false"); }},
    Setting{"worker", "concurrency", Type::number, "a whole number from 0 to 256", set_concurrency,
            [](Config const& c) { return std::to_string(c.worker.concurrency); }},
    Setting{
        "worker", "queues", Type::list,
        "a list of queue names such as [\"mail\", \"default\"], all or none with a weight: [\"mail:3\", \"default:1\"]",
        set_queues, [](Config const& c) { return joined(c.worker.queues); }},
    Setting{"worker", "stop_timeout", Type::text, "a duration such as \"25s\" or \"5m\"", set_stop_timeout,
            [](Config const& c) { return duration_text(c.worker.stop_timeout); }},
    Setting{"worker", "pid_file", Type::text, "the path of a file", set_pid_file,
            [](Config const& c) { return c.worker.pid_file; }},
    Setting{"retention", "completed", Type::text, kKeepTime,
            [](Config& c, Value const& value) { return set_keep(c.retention.usual, "completed", value); },
            [](Config const& c) { return show_keep(c.retention.usual, "completed"); }},
    Setting{"retention", "discarded", Type::text, kKeepTime,
            [](Config& c, Value const& value) { return set_keep(c.retention.usual, "discarded", value); },
            [](Config const& c) { return show_keep(c.retention.usual, "discarded"); }},
    Setting{"retention", "completed_count", Type::number, "a whole number, 0 or more",
            [](Config& c, Value const& value) { return set_keep(c.retention.usual, "completed_count", value); },
            [](Config const& c) { return show_keep(c.retention.usual, "completed_count"); }},
    Setting{"log", "level", Type::text, "\"debug\", \"info\", \"warn\", \"error\" or \"off\"", set_level,
            [](Config const& c) { return std::string(kue::to_string(c.log.level)); }},
    Setting{"log", "format", Type::text, "\"text\" or \"json\"", set_format,
            [](Config const& c) { return std::string(c.log.format == kue::LogFormat::json ? "json" : "text"); }},
};
static_assert(kue::limits::kMaxConcurrency == 256, "the sentence above says so");

}  // namespace

std::string Setting::variable() const {
  std::string name = "SPARK_" + std::string(section) + "_" + std::string(key);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return 'a' <= c && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return name;
}

bool set_keep(kue::Keep& keep, std::string_view key, SettingValue const& value) {
  if (key == "completed") return set_time(keep.completed, value.text);
  if (key == "discarded") return set_time(keep.discarded, value.text);
  keep.completed_count = value.number;
  return value.number >= 0;
}

std::string show_keep(kue::Keep const& keep, std::string_view key) {
  if (key == "completed") return time_text(keep.completed);
  if (key == "discarded") return time_text(keep.discarded);
  return std::to_string(keep.completed_count);
}

std::span<Setting const> settings() { return kSettings; }

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (Setting const& setting : kSettings) {
    if (names.empty() || names.back() != setting.section) names.emplace_back(setting.section);
  }
  return names;
}

std::vector<std::string> keys_of(std::string_view section) {
  std::vector<std::string> names;
  for (Setting const& setting : kSettings) {
    if (setting.section == section) names.emplace_back(setting.key);
  }
  return names;
}

Setting const* find_setting(std::string_view section, std::string_view key) {
  auto const found = std::find_if(kSettings.begin(), kSettings.end(), [&](Setting const& setting) {
    return setting.section == section && setting.key == key;
  });
  return found == kSettings.end() ? nullptr : &*found;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    auto const comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

}  // namespace spark
