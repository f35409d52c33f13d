#pragma once
// Which members a class has, by name, whatever their type, and what a member function takes.

#include <kue/detail/kind_name.hpp>

#include <cstddef>
#include <type_traits>

namespace kue::detail {

template <auto> struct Constant;
template <class... T> struct Types {};

// A member of that name of any sort, private, overloaded or a template: then J's and Probe's are ambiguous in Both.
// A final class cannot be asked in this way; there a usable member counts.
#define KUE_DETAIL_HAS_MEMBER(name)                           \
  struct Probe_##name {                                       \
    int name;                                                 \
  };                                                          \
  template <class J> struct Both_##name : J, Probe_##name {}; \
  template <class J> constexpr bool find_member_##name() {    \
    if constexpr (!std::is_class_v<J>) {                      \
      return false;                                           \
    } else if constexpr (std::is_final_v<J>) {                \
      return requires { &J::name; };                          \
    } else {                                                  \
      return !requires { &Both_##name<J>::name; };            \
    }                                                         \
  }                                                           \
  template <class J> inline constexpr bool has_member_##name = find_member_##name<J>();

KUE_DETAIL_HAS_MEMBER(run)
KUE_DETAIL_HAS_MEMBER(kind)
KUE_DETAIL_HAS_MEMBER(options)
KUE_DETAIL_HAS_MEMBER(validate)
KUE_DETAIL_HAS_MEMBER(backoff)
KUE_DETAIL_HAS_MEMBER(failed)
KUE_DETAIL_HAS_MEMBER(added)
KUE_DETAIL_HAS_MEMBER(accepts_unknown_fields)
#undef KUE_DETAIL_HAS_MEMBER

template <class T> constexpr bool find_call() {
  if constexpr (std::is_class_v<T>) {
    return requires { &T::operator(); }
    || is_lambda<T>;
  } else {
    return std::is_function_v<std::remove_pointer_t<T>>;
  }
}
template <class T> inline constexpr bool called_like_a_function = find_call<T>();

// ---- what a member function takes and returns

template <class F> struct MemberFunction { static constexpr bool kKnown = false; };
template <class J, class R, class... P> struct PlainMemberFunction {
  static constexpr bool kKnown = true;
  using Result = R;
  using Parameters = Types<P...>;
};
template <class J, class R, class... P> struct MemberFunction<R (J::*)(P...)> : PlainMemberFunction<J, R, P...> {};
template <class J, class R, class... P> struct MemberFunction<R (J::*)(P...) const> : PlainMemberFunction<J, R, P...> {
};
template <class J, class R, class... P> struct MemberFunction<R (J::*)(P...) noexcept>
    : PlainMemberFunction<J, R, P...> {};
template <class J, class R, class... P> struct MemberFunction<R (J::*)(P...) const noexcept>
    : PlainMemberFunction<J, R, P...> {};

template <class F> struct TakesOneInteger : std::false_type {};
template <class J, class R, class A> struct TakesOneInteger<R (J::*)(A) const> : std::is_integral<A> {};
template <class J, class R, class A> struct TakesOneInteger<R (J::*)(A) const noexcept> : std::is_integral<A> {};
template <class R, class A> struct TakesOneInteger<R (*)(A)> : std::is_integral<A> {};
template <class R, class A> struct TakesOneInteger<R (*)(A) noexcept> : std::is_integral<A> {};

}  // namespace kue::detail
