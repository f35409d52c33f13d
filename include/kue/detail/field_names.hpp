#pragma once
// The names of fields: of an aggregate out of the compiler's spelling of a pointer to each field, of a class out of
// KUE_FIELDS.

#include <kue/detail/field_bind.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kue::detail {

// ---- KUE_FIELDS

struct ListedFields {  // a friend of every class that says KUE_FIELDS
  template <class T> static constexpr auto list() -> decltype(T::kue_field_list()) { return T::kue_field_list(); }
  template <class T, class V> static constexpr decltype(auto) visit(T& object, V& visitor) {
    return object.kue_visit_fields(visitor);
  }
};

template <class T>
concept lists_fields = requires {
  ListedFields::list<T>();
};

constexpr std::size_t count_names(std::string_view list) {
  std::size_t n = list.empty() ? 0 : 1;
  for (char c : list) n += c == ',';
  return n;
}

// "a_, b_" -> {"a", "b"}
template <std::size_t N> constexpr std::array<std::string_view, N> split_names(std::string_view list) {
  std::array<std::string_view, N> names;
  for (std::string_view& name : names) {
    std::size_t const comma = list.find(',');
    name = list.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name.size() > 1 && name.ends_with('_')) name.remove_suffix(1);
    if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  }
  return names;
}

// ---- aggregates

template <class T> struct Wrapped { T value; };

// An object that exists only for the compiler: its fields have addresses, and it is never defined.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <class T> extern Wrapped<T> const nowhere;

template <std::size_t I, class P> struct PointerAt { P pointer; };
template <class Indices, class... P> struct Pointers;
template <std::size_t... I, class... P> struct Pointers<std::index_sequence<I...>, P...> : PointerAt<I, P>... {};
template <std::size_t I, class P> constexpr P pick(PointerAt<I, P> const& at) { return at.pointer; }

struct TakeAddresses {
  template <class... F> constexpr auto operator()(F&... field) const {
    return Pointers<std::index_sequence_for<F...>, F*...>{{&field}...};
  }
};

template <class T, std::size_t N> consteval auto field_pointers() {
  constexpr TakeAddresses take{};
  return bind_fields<N>(nowhere<T>.value, take);
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

// g++ spells "... P = (& nowhere<J>.Wrapped<J>::value.J::name); ...", clang "... P = &nowhere.value.name]".
constexpr std::string_view name_in(std::string_view spelling) {
  std::size_t const start = spelling.find("P = ");
  spelling.remove_prefix(start);
  std::size_t end = spelling.find_first_of(";]");
  while (end > 0 && (spelling[end - 1] == ')' || spelling[end - 1] == ' ')) --end;
  std::size_t const before = spelling.find_last_of(".:&", end - 1);
  return spelling.substr(before + 1, end - before - 1);
}

template <auto P> consteval std::string_view name_of_pointer() { return name_in(__PRETTY_FUNCTION__); }

template <class T, std::size_t N> consteval std::array<std::string_view, N> reflected_names() {
#if defined(__clang_analyzer__) && __clang_major__ < 18  // clang-tidy alone, which need not know the names
  if constexpr (true) {
#else
  if constexpr (N == 0) {
#endif
    return {};
  } else {
    constexpr auto pointers = field_pointers<T, N>();
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<std::string_view, N>{name_of_pointer<pick<I>(pointers)>()...};
    }
    (std::make_index_sequence<N>());
  }
}

}  // namespace kue::detail
