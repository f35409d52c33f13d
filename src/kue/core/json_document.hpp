#pragma once
// JsonDocument: parsed text as a flat list of nodes, and the problems found while reading it.

#include <kue/json.hpp>

namespace kue {

struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, integer, unsigned_integer, number, string, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  std::uint32_t key_at = 0, key_size = 0;    // in the pool, for a member of an object
  std::uint32_t text_at = 0, text_size = 0;  // in the pool: a string's bytes, a number's spelling
  std::uint32_t first = 0, next = 0;         // 0: none (node 0 is the root, nobody's child)
  std::uint32_t count = 0;                   // members
  std::uint64_t integer = 0;                 // the bits of an int64 or a uint64
};

class JsonDocument {
 public:
  // Parses; what is wrong with the text becomes a problem. Duplicate keys, bytes that are not UTF-8, more than
  // `max_bytes` or `max_depth` levels are wrong.
  explicit JsonDocument(std::string_view text, std::size_t max_bytes = limits::kMaxArgsBytes,
                        int max_depth = limits::kMaxJsonDepth);

  bool parsed() const { return parsed_; }
  Reader root() { return Reader(*this, 0, nullptr, 0); }

  void add_problem(std::string problem);
  std::vector<std::string> problems() const;

  JsonNode const& node(std::uint32_t i) const { return nodes_[i]; }
  std::string_view text(JsonNode const& n) const { return std::string_view(pool_).substr(n.text_at, n.text_size); }
  std::string_view key(JsonNode const& n) const { return std::string_view(pool_).substr(n.key_at, n.key_size); }

  // The same value without blanks, numbers as they were spelled.
  std::string compact(Reader const& value) const;

 private:
  friend struct JsonBuilder;
  void compact(std::uint32_t node, std::string& out) const;

  std::vector<JsonNode> nodes_;
  std::string pool_;
  std::vector<std::string> problems_;
  std::size_t unlisted_ = 0;
  bool parsed_ = false;
};

// A glance at arguments, which keeps nothing. True: `text` is an object, and a JsonDocument would find nothing wrong
// with it. False says nothing: then make one, which has the words for it.
bool is_plain_object(std::string_view text);

void append_quoted(std::string& out, std::string_view text);

}  // namespace kue
