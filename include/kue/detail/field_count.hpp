#pragma once
// How many fields an aggregate has: T(any), T(any, any), ... compiles until there is no field left.
// Parenthesised initialisation, because braces would count the elements of a C array one by one.

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kue::detail {

inline constexpr std::size_t kMaxFields = 32;

// Converts to every type but T itself (T(any) would be a copy) and T's bases.
template <class T> struct AnyField {
  template <class U>
  requires(!std::is_same_v<U, T> && !std::is_base_of_v<U, T>) constexpr operator U()
      const noexcept;  // never defined, never called
};
template <class T> struct AnyBase {
  template <class U>
  requires(!std::is_same_v<U, T> && std::is_base_of_v<U, T>) constexpr operator U() const noexcept;
};
template <class T> struct AnyReference {
  template <class U>
  requires(!std::is_same_v<U, T> && !std::is_base_of_v<U, T>) constexpr operator U&() const noexcept;
};

template <class T, class Last, std::size_t... I> constexpr bool takes_in_braces(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), std::declval<AnyField<T>>())..., std::declval<Last>()}; };
}
#ifdef __cpp_aggregate_paren_init
inline constexpr bool kTellsArrays = true;
template <class T, class Last, std::size_t... I> constexpr bool takes_then(std::index_sequence<I...>) {
  return requires { T((static_cast<void>(I), std::declval<AnyField<T>>())..., std::declval<Last>()); };
}
#else  // clang before 16, which clang-tidy may be: braces do, but a C array is not refused
inline constexpr bool kTellsArrays = false;
template <class T, class Last, std::size_t... I> constexpr bool takes_then(std::index_sequence<I...> before) {
  return takes_in_braces<T, Last>(before);
}
#endif

template <class T, std::size_t N = 0> constexpr std::size_t count_fields() {
  if constexpr (N <= kMaxFields && takes_then<T, AnyField<T>>(std::make_index_sequence<N>())) {
    return count_fields<T, N + 1>();
  } else {
    return N;
  }
}

template <class T> constexpr std::size_t checked_field_count() {
  static_assert(std::is_class_v<T> && std::is_aggregate_v<T>,
                "kue: a class with constructors or private members must name its fields: KUE_FIELDS(a_, b_)");
  static_assert(std::is_default_constructible_v<T>,
                "kue: a struct that travels must be default-constructible, because the worker makes an empty one and "
                "fills in the fields; a reference member or a member without a default constructor prevents that");
  if constexpr (std::is_class_v<T> && std::is_aggregate_v<T> && std::is_default_constructible_v<T>) {
    constexpr bool has_base = takes_then<T, AnyBase<T>>(std::index_sequence<>());
    static_assert(!has_base, "kue: a struct with a base class must name its fields: KUE_FIELDS(a, b)");
    if constexpr (!has_base) {
      constexpr std::size_t n = count_fields<T>();
      constexpr auto before = std::make_index_sequence<n>();
      static_assert(n <= kMaxFields,
                    "kue: a struct may have at most 32 fields; group some of them in a struct of their own");
      constexpr bool reference = takes_then<T, AnyReference<T>>(before);
      static_assert(!reference, "kue: a reference member cannot travel to another process; hold a value");
      constexpr bool c_array = kTellsArrays && !reference && n <= kMaxFields && takes_in_braces<T, AnyField<T>>(before);
      static_assert(!c_array, "kue: a C array cannot be a field; use std::array");
      if constexpr (n <= kMaxFields && !reference && !c_array) return n;
    }
  }
  return 0;
}

}  // namespace kue::detail
