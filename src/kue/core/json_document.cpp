#include "kue/core/json_document.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kue {

constexpr std::size_t kMaxListed = 50;  // of the problems of one document; the others are counted

void JsonDocument::add_problem(std::string problem) {
  if (problems_.size() < kMaxListed) {
    problems_.push_back(std::move(problem));
  } else {
    ++unlisted_;
  }
}

std::vector<std::string> JsonDocument::problems() const {
  std::vector<std::string> all = problems_;
  if (unlisted_ > 0) all.push_back("and " + std::to_string(unlisted_) + " more problems");
  return all;
}

std::string JsonDocument::compact(Reader const& value) const {
  std::string out;
  compact(value.node_, out);
  return out;
}

void JsonDocument::compact(std::uint32_t i, std::string& out) const {
  JsonNode const& n = nodes_[i];
  switch (n.kind) {
    case JsonNode::Kind::null: out += "null"; return;
    case JsonNode::Kind::boolean: out += n.truth ? "true" : "false"; return;
    case JsonNode::Kind::integer:
    case JsonNode::Kind::unsigned_integer:
    case JsonNode::Kind::number: out += text(n); return;
    case JsonNode::Kind::string: append_quoted(out, text(n)); return;
    case JsonNode::Kind::array:
    case JsonNode::Kind::object: break;
  }
  bool const object = n.kind == JsonNode::Kind::object;
  out += object ? '{' : '[';
  for (auto child = n.first; child != 0; child = nodes_[child].next) {
    if (child != n.first) out += ',';
    if (object) {
      append_quoted(out, key(nodes_[child]));
      out += ':';
    }
    compact(child, out);  // as deep as the document at most: max_depth
  }
  out += object ? '}' : ']';
}

static bool must_be_escaped(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

static bool one_must_be_escaped(std::uint64_t eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kTop = 0x8080808080808080;
  // Taking it away borrows from the top bit of the lowest byte that is less, and of no byte below that.
  auto const one_less = [](std::uint64_t bytes, std::uint64_t than) { return (bytes - kEach * than) & ~bytes & kTop; };
  return (one_less(eight, 0x20) | one_less(eight ^ kEach * '"', 1) | one_less(eight ^ kEach * '\\', 1)) != 0;
}

// How much of the text stands for itself. Eight bytes at a time: most text has nothing to escape.
static std::size_t plain_size(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if (one_must_be_escaped(eight)) break;
  }
  return static_cast<std::size_t>(
      std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), must_be_escaped) - text.begin());
}

static void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
  }
}

// Escapes what JSON must, in the shortest way, so that text never grows by being read and written again.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t const plain = plain_size(text);
    out.append(text.substr(0, plain));
    if (plain == text.size()) break;
    append_escaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

}  // namespace kue
