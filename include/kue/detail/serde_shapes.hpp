#pragma once
// What a library type looks like from outside, without its header.

#include <kue/json.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

// Version 14 does not read requires-expressions.
// clang-format off
namespace kue::detail {

template <class T> concept optional_shaped = requires(T& t, T const& c) {
  typename T::value_type;
  t.reset();
  { c.has_value() } -> std::same_as<bool>;
  { *t } -> std::same_as<typename T::value_type&>;
};

template <class T> concept path_shaped = requires(T const& t) {  // std::filesystem::path
  { t.native() } -> std::same_as<std::string const&>;
  t.lexically_normal();
  t.is_absolute();
};

template <class T> concept pointer_shaped = requires(T& t) {  // unique_ptr, shared_ptr, weak_ptr
  typename T::element_type;
  t.reset();
};

template <class T> concept view_shaped = requires(T const& t) {  // string_view, span: they own nothing
  t.data();
  t.size();
  requires !requires(T& owner) { owner.clear(); };
  requires requires { t.subspan(0); } || requires { t.substr(0); };
};

template <class T> concept map_shaped = requires(T& t) {
  typename T::key_type;
  typename T::mapped_type;
  t.clear();
  t.begin();
};

template <class T> concept set_shaped = !map_shaped<T> && requires(T& t, typename T::key_type k) {
  t.clear();
  t.insert(std::move(k));
  t.begin();
};

template <class T> concept sequence_shaped = requires(T& t, typename T::value_type v) {
  t.clear();
  t.push_back(std::move(v));
  t.begin();
};

template <class T> concept std_array_shaped = requires(T& t) {
  typename T::value_type;
  t.fill(std::declval<typename T::value_type const&>());
  t.begin();
  std::tuple_size<T>::value;
};

template <class T> concept tuple_shaped = !std_array_shaped<T> && requires { std::tuple_size<T>::value; };

template <class T> concept variant_shaped = requires(T& t) {
  { t.valueless_by_exception() } -> std::same_as<bool>;
  { t.index() } -> std::same_as<std::size_t>;
  t.template emplace<0>();
};

template <class V, template <class, class...> class Target> struct VariantTarget;
template <template <class...> class V, class... A, template <class, class...> class Target>
struct VariantTarget<V<A...>, Target> {
  using type = Target<V<A...>, A...>;
};
template <class V, template <class, class...> class Target> using VariantOf = typename VariantTarget<V, Target>::type;

struct Choice {
  std::size_t index;
  Reader value;
};
std::optional<Choice> read_choice(Reader& in, std::size_t alternatives);

}  // namespace kue::detail
