#pragma once
// Names of types, as the compiler spells them, and the characters of names.

#include <kue/limits.hpp>

#include <cstddef>
#include <string_view>

namespace kue::detail {

// g++: "... [with T = app::Job; ...]", clang: "... [T = app::Job]"
constexpr std::string_view type_in(std::string_view spelling) {
  std::size_t const start = spelling.find("T = ") + 4;
  std::size_t const end = spelling.find("; std::string_view", start);
  return spelling.substr(start, (end == std::string_view::npos ? spelling.size() - 1 : end) - start);
}
template <class T> consteval std::string_view type_name() { return type_in(__PRETTY_FUNCTION__); }

template <auto P> consteval std::string_view pointer_name() { return __PRETTY_FUNCTION__; }

constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <class J> inline constexpr bool is_lambda = contains(type_name<J>(), "<lambda") ||
                                                     contains(type_name<J>(), "(lambda at ");

// clang names a local class without its function; a pointer to a member of it shows the function.
template <class J, class R> constexpr bool is_member_of(R J::*) { return true; }
template <class J> constexpr bool local_by_member() {
  if constexpr (requires { is_member_of<J>(&J::run); }) return contains(pointer_name<&J::run>(), ")::");
  return false;
}

// Neither is known by name outside of its function or file.
template <class J> inline constexpr bool is_nameless = contains(type_name<J>(), ")::") ||
                                                       contains(type_name<J>(), "{anonymous}") ||
                                                       contains(type_name<J>(), "<unnamed ") ||
                                                       contains(type_name<J>(), "(unnamed ") || local_by_member<J>();

// ---- characters

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_queue_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kMaxNameBytes || !is_letter_or_digit(name.front())) return false;
  for (char c : name) {
    if (!is_letter_or_digit(c) && c != '_' && c != '.' && c != '-') return false;
  }
  return true;
}

constexpr bool is_kind(std::string_view kind) {
  if (kind.empty() || kind.size() > limits::kMaxNameBytes || (!is_letter_or_digit(kind.front()) && kind.front() != '_'))
    return false;
  if (kind.back() == ' ') return false;
  for (char c : kind) {
    if (!is_letter_or_digit(c) && std::string_view("_.-:<>,* &").find(c) == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace kue::detail
