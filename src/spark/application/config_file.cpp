#include "spark/application/config_file.hpp"

#include <kue/envelope.hpp>

#include "spark/application/settings.hpp"
#include "spark/application/suggest.hpp"

// Header-only here, so that programs do not need toml++'s library at run time.
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace spark {
namespace {

namespace fs = std::filesystem;

class FileReader {
 public:
  FileReader(std::string const& file, LoadedConfig& loaded)
      : file_(file), directory_(fs::path(file).parent_path().string()), loaded_(loaded) {}

  void read() {
    toml::table document;
    try {
      document = toml::parse_file(file_);
    } catch (toml::parse_error const& error) {
      auto const line = error.source().begin.line;
      loaded_.problems.push_back(line > 0 ? fmt::format("{}:{}: {}", file_, line, error.description())
                                          : fmt::format("{}: {}", file_, error.description()));
      return;
    }
    for (auto const& [name, node] : document) section(name.str(), node);
    // The parser's tables are sorted by name; a person reads from the top.
    std::stable_sort(found_.begin(), found_.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    for (auto& [line, text] : found_) loaded_.problems.push_back(std::move(text));
  }

 private:
  void section(std::string_view name, toml::node const& node) {
    auto const known = sections();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return problem(
          node, fmt::format("unknown {} '{}'{}", node.is_table() ? "section" : "key", name, did_you_mean(name, known)));
    }
    if (!node.is_table()) return problem(node, fmt::format("'{0}' must be a section, [{0}]", name));
    for (auto const& [key, value] : *node.as_table()) setting(name, key.str(), value);
  }

  void setting(std::string_view section_name, std::string_view key, toml::node const& node) {
    if (section_name == "retention" && key == "queues") return retention_of_queues(node);
    Setting const* const found = find_setting(section_name, key);
    if (!found) {
      return problem(
          node, fmt::format("unknown key '{}.{}'{}", section_name, key, did_you_mean(key, known_keys(section_name))));
    }
    auto const value = read_value(found->type, node);
    std::string const name = fmt::format("{}.{}", section_name, key);
    if (!value || !found->set(loaded_.config, *value))
      return problem(node, fmt::format("{} must be {}", name, found->expected));
    loaded_.origins[name] = place(node);
  }

  static std::vector<std::string> known_keys(std::string_view section_name) {
    auto keys = keys_of(section_name);
    if (section_name == "retention") keys.emplace_back("queues");
    return keys;
  }

  // [retention.queues.mail]: the keys of [retention], for one queue.
  void retention_of_queues(toml::node const& node) {
    if (!node.is_table()) return problem(node, "retention.queues must hold sections such as [retention.queues.mail]");
    for (auto const& [name, own] : *node.as_table()) {
      std::string const queue(name.str());
      if (!kue::valid_name(queue))
        problem(own, fmt::format("retention.queues.{} is not the name of a queue", queue));
      else if (!own.is_table())
        problem(own, fmt::format("retention.queues.{0} must be a section, [retention.queues.{0}]", queue));
      else
        for (auto const& [key, value] : *own.as_table()) retention_of_queue(queue, key.str(), value);
    }
  }

  void retention_of_queue(std::string const& queue, std::string_view key, toml::node const& node) {
    std::string const name = fmt::format("retention.queues.{}.{}", queue, key);
    Setting const* const found = find_setting("retention", key);
    if (!found) return problem(node, fmt::format("unknown key '{}'{}", name, did_you_mean(key, keys_of("retention"))));
    auto const value = read_value(found->type, node);
    kue::Keep tried;
    if (!value || !set_keep(tried, key, *value))
      return problem(node, fmt::format("{} must be {}", name, found->expected));
    loaded_.queue_retention[queue][std::string(key)] = *value;
    loaded_.origins[name] = place(node);
  }

  std::optional<SettingValue> read_value(Setting::Type type, toml::node const& node) const {
    SettingValue value{.directory = directory_};
    switch (type) {
      case Setting::Type::text:
        if (!node.is_string()) return std::nullopt;
        value.text = node.as_string()->get();
        break;
      case Setting::Type::number:
        if (!node.is_integer()) return std::nullopt;
        value.number = node.as_integer()->get();
        break;
      case Setting::Type::yes_no:
        if (!node.is_boolean()) return std::nullopt;
        value.yes = node.as_boolean()->get();
        break;
      case Setting::Type::list:
        if (!node.is_array()) return std::nullopt;
        for (toml::node const& item : *node.as_array()) {
          if (!item.is_string()) return std::nullopt;
          value.list.push_back(item.as_string()->get());
        }
        break;
    }
    return value;
  }

  std::string place(toml::node const& node) const { return fmt::format("{}:{}", file_, node.source().begin.line); }
  void problem(toml::node const& node, std::string const& text) {
    found_.emplace_back(node.source().begin.line, place(node) + ": " + text);
  }

  std::string const& file_;
  std::string directory_;
  LoadedConfig& loaded_;
  std::vector<std::pair<std::uint32_t, std::string>> found_;  // problems by line
};

}  // namespace

std::string find_config_file(std::string const& directory) {
  for (fs::path here = directory;; here = here.parent_path()) {
    std::error_code ignored;
    fs::path const file = here / "spark.toml";
    if (fs::exists(file, ignored)) return file.string();
    if (!here.has_relative_path()) return {};
  }
}

void read_config_file(std::string const& file, LoadedConfig& loaded) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    loaded.problems.push_back(file + " is not a file");
    return;
  }
  FileReader(file, loaded).read();
}

}  // namespace spark
