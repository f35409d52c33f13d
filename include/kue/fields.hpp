#pragma once
// Fields: the names and values of a struct's members, read by the compiler. No macro for an aggregate:
//
//   struct Address { std::string street; int zip = 0; };
//   auto names = kue::field_names<Address>();                        // {"street", "zip"}
//   kue::visit_fields(address, [](auto&... field) { ((field = {}), ...); });
//
// A class with private members or constructors names them once, anywhere inside:
//
//   class Counter {
//     int count_ = 0;
//     KUE_FIELDS(count_)                                              // "count": one trailing '_' is left out
//    public:
//     void run() const { (void)count_; }
//   };
//
// All of it happens while compiling. Refused with a sentence: C arrays, reference and const members, base classes
// without
// KUE_FIELDS, more than 32 fields, a struct that is not default-constructible. Static members are no fields.

#include <kue/detail/field_bind.hpp>
#include <kue/detail/field_count.hpp>
#include <kue/detail/field_names.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#define KUE_FIELDS(...)                                                                                   \
  friend struct ::kue::detail::ListedFields;                                                              \
  template <class KueVisitor> constexpr decltype(auto) kue_visit_fields(KueVisitor&& kue_visitor) {       \
    return kue_visitor(__VA_ARGS__);                                                                      \
  }                                                                                                       \
  template <class KueVisitor> constexpr decltype(auto) kue_visit_fields(KueVisitor&& kue_visitor) const { \
    return kue_visitor(__VA_ARGS__);                                                                      \
  }                                                                                                       \
  static constexpr char const* kue_field_list() { return #__VA_ARGS__; }

namespace kue {

// A struct or class that can be taken apart (the refusals come when it is).
template <class T> inline constexpr bool has_fields_v = detail::lists_fields<T> ||
                                                        (std::is_class_v<T> && std::is_aggregate_v<T>);

template <class T> constexpr std::size_t field_count() {
  if constexpr (detail::lists_fields<T>) {
    return detail::count_names(detail::ListedFields::list<T>());
  } else {
    return detail::checked_field_count<T>();
  }
}

template <class T> constexpr std::array<std::string_view, field_count<T>()> field_names() {
  if constexpr (detail::lists_fields<T>) {
    return detail::split_names<field_count<T>()>(detail::ListedFields::list<T>());
  } else {
    return detail::reflected_names<T, field_count<T>()>();
  }
}

// Calls visitor(first, second, ...) with references to all fields of `object`, const if it is const.
template <class T, class Visitor> constexpr decltype(auto) visit_fields(T& object, Visitor&& visitor) {
  using Plain = std::remove_const_t<T>;
  if constexpr (detail::lists_fields<Plain>) {
    return detail::ListedFields::visit(object, visitor);
  } else {
    return detail::bind_fields<field_count<Plain>()>(object, visitor);
  }
}

}  // namespace kue
