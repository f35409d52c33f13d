// Text to nodes. The only file that knows Boost.JSON: its parser checks the grammar and UTF-8, the nodes are ours,
// because they keep each number's spelling (exact doubles) and show duplicate keys.
#include "kue/core/json_document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <span>

// Compiled under a name of our own, boost::kue_json: a program that links a static kue may have another Boost.JSON, and
// two definitions of one function are an error, or, with two versions, a crash.
#define json kue_json
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#undef json

namespace kue {

namespace json = boost::kue_json;

// What the parser wants of every handler; sizes are limited before it begins.
struct JsonHandler {
  using error_code = json::error_code;
  using string_view = json::string_view;
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
};

struct JsonBuilder : JsonHandler {
  explicit JsonBuilder(JsonDocument& to) : document(to) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(JsonNode::Kind::object); }
  bool on_object_end(std::size_t, error_code&) { return no_key_twice() && close(); }
  bool on_array_begin(error_code&) { return open(JsonNode::Kind::array); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(string_view s, std::size_t, error_code&) { return append(s); }
  bool on_key(string_view s, std::size_t, error_code&) {
    append(s);
    key_at = part_at;
    key_size = size() - part_at;
    part_at = size();
    return true;
  }
  bool on_string_part(string_view s, std::size_t, error_code&) { return append(s); }
  bool on_string(string_view s, std::size_t, error_code&) {
    append(s);
    return spelled(JsonNode::Kind::string, 0);
  }
  bool on_number_part(string_view s, error_code&) { return append(s); }
  bool on_int64(std::int64_t v, string_view s, error_code&) {
    append(s);
    return spelled(JsonNode::Kind::integer, static_cast<std::uint64_t>(v));
  }
  bool on_uint64(std::uint64_t v, string_view s, error_code&) {
    append(s);
    return spelled(JsonNode::Kind::unsigned_integer, v);
  }
  bool on_double(double, string_view s, error_code&) {  // read again from its text: this value may be one bit off
    append(s);
    return spelled(JsonNode::Kind::number, 0);
  }
  bool on_bool(bool v, error_code&) {
    add(JsonNode::Kind::boolean).truth = v;
    return true;
  }
  bool on_null(error_code&) {
    add(JsonNode::Kind::null);
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Level {
    std::uint32_t node;
    std::uint32_t last;  // its latest member; 0: none yet
  };

  std::uint32_t size() const { return static_cast<std::uint32_t>(document.pool_.size()); }

  bool append(string_view s) {
    document.pool_.append(s.data(), s.size());
    return true;
  }

  JsonNode& add(JsonNode::Kind kind) {
    auto const at = static_cast<std::uint32_t>(document.nodes_.size());
    if (!levels.empty()) {
      Level& level = levels.back();
      (level.last == 0 ? document.nodes_[level.node].first : document.nodes_[level.last].next) = at;
      ++document.nodes_[level.node].count;
      level.last = at;
    }
    JsonNode& node = document.nodes_.emplace_back();
    node.kind = kind;
    node.key_at = key_at;
    node.key_size = key_size;
    key_size = 0;
    return node;
  }

  bool spelled(JsonNode::Kind kind, std::uint64_t integer) {
    JsonNode& node = add(kind);
    node.text_at = part_at;
    node.text_size = size() - part_at;
    node.integer = integer;
    part_at = size();
    return true;
  }

  bool open(JsonNode::Kind kind) {
    add(kind);
    levels.push_back({static_cast<std::uint32_t>(document.nodes_.size() - 1), 0});
    return true;
  }

  bool close() {
    levels.pop_back();
    return true;
  }

  // By sorting: an object of a hundred thousand members must not take a minute.
  bool no_key_twice() {
    JsonNode const& object = document.nodes_[levels.back().node];
    if (object.count < 2) return true;
    std::array<std::string_view, 16> few;  // of nearly every object: no room from the heap
    std::vector<std::string_view> many(object.count > few.size() ? object.count : 0);
    std::span<std::string_view> const keys = many.empty() ? std::span(few).first(object.count) : std::span(many);
    auto key = keys.begin();
    for (auto i = object.first; i != 0; i = document.nodes_[i].next) *key++ = document.key(document.nodes_[i]);
    std::sort(keys.begin(), keys.end());
    if (auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end()) {
      std::string problem = "not JSON that can be trusted: the key ";
      append_quoted(problem, twice->substr(0, 100));
      document.add_problem(problem + " is given twice in one object");
    }
    return true;
  }

  JsonDocument& document;
  std::vector<Level> levels;
  std::uint32_t part_at = 0;  // where the present key, string or number begins in the pool
  std::uint32_t key_at = 0, key_size = 0;
};

JsonDocument::JsonDocument(std::string_view text, std::size_t max_bytes, int max_depth) {
  if (text.size() > max_bytes) {
    add_problem("too long: " + std::to_string(text.size()) + " bytes, at most " + std::to_string(max_bytes));
    return;
  }
  pool_.reserve(text.size());
  nodes_.reserve(8);  // of most arguments
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(max_depth);
  json::basic_parser<JsonBuilder> parser(options, *this);
  json::error_code error;
  std::size_t const used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) {
    std::size_t const more = text.find_first_not_of(" \t\r\n", used);
    if (more != std::string_view::npos) error = json::error::extra_data;
  }
  if (error) {
    add_problem("not JSON: " + error.message() + " at byte " + std::to_string(used));
    return;
  }
  parsed_ = problems_.empty();
}

// Follows the parser and keeps the keys of the objects that are open, no more. What it has no room for makes it unsure.
class JsonGlance : public JsonHandler {
 public:
  explicit JsonGlance(std::string_view text) : text_(text) {}
  bool sure() const { return sure_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    if (objects_ == first_key_.size()) return unsure();
    first_key_[objects_++] = keys_;
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    if (!sure_) return true;
    std::size_t const first = first_key_[--objects_];
    for (std::size_t i = first; i < keys_; ++i) {
      for (std::size_t j = first; j < i; ++j) sure_ = sure_ && key_[i] != key_[j];
    }
    keys_ = first;
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view, std::size_t, error_code&) { return unsure(); }
  bool on_key(string_view s, std::size_t size, error_code&) {
    if (keys_ == key_.size() || !stands_in_the_text(s, size)) return unsure();
    key_[keys_++] = s;
    return true;
  }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  bool unsure() {
    sure_ = false;
    return true;
  }
  // One with an escape comes in a buffer of the parser that is gone afterwards.
  bool stands_in_the_text(string_view s, std::size_t size) const {
    std::less_equal<> const before;
    return s.size() == size && before(text_.data(), s.data()) &&
           before(s.data() + s.size(), text_.data() + text_.size());
  }

  std::string_view const text_;
  std::array<string_view, 16> key_;
  std::array<std::size_t, 8> first_key_{};  // of each object that is open
  std::size_t keys_ = 0, objects_ = 0;
  bool sure_ = true;
};

bool is_plain_object(std::string_view text) {
  if (!text.starts_with('{')) return false;
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(limits::kMaxJsonDepth);
  json::basic_parser<JsonGlance> parser(options, text);
  json::error_code error;
  return parser.write_some(false, text.data(), text.size(), error) == text.size() && !error && parser.handler().sure();
}

}  // namespace kue
