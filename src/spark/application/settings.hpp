#pragma once
// The table of all settings. spark.toml, the environment and the suggestions for mistyped keys read the same rows.

#include <spark/config.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spark {

struct SettingValue {
  std::string text;  // text, duration, choice
  std::int64_t number = 0;
  bool yes = false;
  std::vector<std::string> list;
  std::string directory;  // what a relative path in it is relative to
};

struct Setting {
  enum class Type { text, number, yes_no, list };

  std::string_view section;
  std::string_view key;
  Type type;
  std::string_view expected;                  // "a whole number from 0 to 256", for messages
  bool (*set)(Config&, SettingValue const&);  // false: not what was expected
  std::string (*show)(Config const&);         // as one would write it, without secrets; empty: nothing

  std::string variable() const;  // SPARK_STORE_URL
};

std::span<Setting const> settings();
std::vector<std::string> sections();
std::vector<std::string> keys_of(std::string_view section);
Setting const* find_setting(std::string_view section, std::string_view key);

// The keys of [retention] and of [retention.queues.NAME].
bool set_keep(kue::Keep& keep, std::string_view key, SettingValue const& value);
std::string show_keep(kue::Keep const& keep, std::string_view key);

std::vector<std::string> split_list(std::string_view text);  // at commas, blanks around each removed

}  // namespace spark
