#pragma once
// Serde<T> of everything that travels by itself. Library types are recognised by their shape, so that a file with a job
// does not pay for headers it does not use.

#include <kue/detail/members.hpp>
#include <kue/detail/serde_shapes.hpp>
#include <kue/json.hpp>

#include <chrono>
#include <map>
#include <tuple>

namespace kue {

namespace detail {

// ---- numbers and text

template <class T> struct IntegerSerde {
  static_assert(sizeof(T) <= 8, "kue: integers of more than 64 bits cannot be fields");
  static void write(Writer& out, T value) {
    if constexpr (std::is_signed_v<T>) {
      out.integer(value);
    } else {
      out.unsigned_integer(value);
    }
  }
  static void read(Reader& in, T& into) {
    if constexpr (std::is_signed_v<T>) {
      if (auto v = in.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max())) into = static_cast<T>(*v);
    } else {
      if (auto v = in.unsigned_integer(std::numeric_limits<T>::max())) into = static_cast<T>(*v);
    }
  }
};

template <class T> struct NumberSerde {
  static_assert(!std::is_same_v<T, long double>, "kue: long double has no exact JSON; use double");
  static void write(Writer& out, T value) { out.number(value); }
  static void read(Reader& in, T& into) {
    if constexpr (std::is_same_v<T, float>) {
      if (auto v = in.number32()) into = *v;
    } else {
      if (auto v = in.number()) into = static_cast<T>(*v);
    }
  }
};

struct BoolSerde {
  static void write(Writer& out, bool value) { out.boolean(value); }
  static void read(Reader& in, bool& into) {
    if (auto v = in.boolean()) into = *v;
  }
};

template <class T> struct TextSerde {  // std::string, std::filesystem::path
  static void write(Writer& out, T const& value) {
    if constexpr (path_shaped<T>) {
      out.string(value.native());
    } else {
      out.string(value);
    }
  }
  static void read(Reader& in, T& into) {
    if (auto v = in.string()) into = std::string(*v);
  }
};

template <class T> struct EnumSerde {  // as its integer
  using Integer = std::underlying_type_t<T>;
  static void write(Writer& out, T value) { kue::write(out, static_cast<Integer>(value)); }
  static void read(Reader& in, T& into) {
    Integer v = static_cast<Integer>(into);
    kue::read(in, v);
    into = static_cast<T>(v);
  }
};

// ---- sequences, sets, maps

template <class T> struct SequenceSerde {  // vector, deque, list; bytes as base64
  using Item = typename T::value_type;
  static constexpr bool kBytes = std::is_same_v<Item, std::byte> && requires(T & t) { t.data(); };

  static void write(Writer& out, T const& value) {
    if constexpr (kBytes) {
      out.bytes({value.data(), value.size()});
    } else {
      out.begin_array();
      for (auto const& item : value) kue::write<Item>(out, item);
      out.end_array();
    }
  }
  static void read(Reader& in, T& into) {
    into.clear();
    if constexpr (kBytes) {
      if (auto v = in.bytes()) into.assign(v->begin(), v->end());
    } else {
      if (!in.array()) return;
      for (auto item = in.first(); item; item = item->next()) {
        Item value{};
        kue::read(*item, value);
        into.push_back(std::move(value));
      }
    }
  }
};

void wrong_count(Reader& in, std::size_t expected);  // "expected 3 elements, found 2"

template <class T> struct ArraySerde {  // std::array
  static void write(Writer& out, T const& value) {
    out.begin_array();
    for (auto const& item : value) kue::write(out, item);
    out.end_array();
  }
  static void read(Reader& in, T& into) {
    if (!in.array()) return;
    if (in.size() != into.size()) return wrong_count(in, into.size());
    auto item = in.first();
    for (auto& value : into) {
      kue::read(*item, value);
      item = item->next();
    }
  }
};

template <class T> struct SetSerde {
  using Item = typename T::key_type;
  static void write(Writer& out, T const& value) {
    out.begin_array();
    for (auto const& item : value) kue::write(out, item);
    out.end_array();
  }
  static void read(Reader& in, T& into) {
    into.clear();
    if (!in.array()) return;
    for (auto item = in.first(); item; item = item->next()) {
      Item value{};
      kue::read(*item, value);
      if (!inserted(into.insert(std::move(value)))) item->problem("given twice in a set");
    }
  }

 private:
  template <class R> static bool inserted(R const& result) {
    if constexpr (requires { result.second; }) return result.second;  // not a multiset
    return true;
  }
};

// An integer as the key of an object.
std::string integer_key(std::int64_t value);
std::string integer_key(std::uint64_t value);
std::optional<std::int64_t> parse_key(Reader& in, std::int64_t min, std::int64_t max);
std::optional<std::uint64_t> parse_key(Reader& in, std::uint64_t max);

template <class T> struct MapSerde {
  using Key = typename T::key_type;
  static constexpr bool kText = std::is_same_v<Key, std::string>;
  static_assert(kText || std::is_integral_v<Key> || std::is_enum_v<Key>,
                "kue: the key of a map that travels must be std::string, an integer or an enum");
  static_assert(
      requires(T & t, Key k) { t[k]; }, "kue: a multimap cannot travel; use a map of vectors");

  static void write(Writer& out, T const& value) {
    out.begin_object();
    for (auto const& [key, item] : value) {
      if constexpr (kText) {
        out.key(key);
      } else if constexpr (std::is_signed_v<Number>) {
        out.key(integer_key(static_cast<std::int64_t>(key)));
      } else {
        out.key(integer_key(static_cast<std::uint64_t>(key)));
      }
      kue::write(out, item);
    }
    out.end_object();
  }
  static void read(Reader& in, T& into) {
    into.clear();
    if (!in.object()) return;
    for (auto item = in.first(); item; item = item->next()) {
      typename T::mapped_type value{};
      kue::read(*item, value);
      if (auto key = read_key(*item)) into.insert_or_assign(std::move(*key), std::move(value));
    }
  }

 private:
  template <class K, bool> struct NumberOf { using type = K; };
  template <class K> struct NumberOf<K, true> { using type = std::underlying_type_t<K>; };
  using Number = typename NumberOf<Key, std::is_enum_v<Key>>::type;

  static std::optional<Key> read_key(Reader& in) {
    if constexpr (kText) {
      return std::string(in.key());
    } else if constexpr (std::is_signed_v<Number>) {
      auto const v = parse_key(in, std::numeric_limits<Number>::min(), std::numeric_limits<Number>::max());
      return v ? std::optional<Key>(static_cast<Key>(*v)) : std::nullopt;
    } else {
      auto const v = parse_key(in, std::numeric_limits<Number>::max());
      return v ? std::optional<Key>(static_cast<Key>(*v)) : std::nullopt;
    }
  }
};

// ---- one of, or nothing

template <class T> struct OptionalSerde {
  using Item = typename T::value_type;
  static_assert(!optional_shaped<Item>, "kue: an optional in an optional cannot be told apart in JSON; use one");
  static void write(Writer& out, T const& value) {
    if (value) {
      kue::write(out, *value);
    } else {
      out.null();
    }
  }
  static void read(Reader& in, T& into) {
    into.reset();
    if (in.null()) return;
    Item value{};
    kue::read(in, value);
    into = std::move(value);
  }
};

// {"index":1,"value":...}: which alternative, counted from 0. New alternatives go to the end.
template <class T, class... A> struct VariantSerde {
  static void write(Writer& out, T const& value) {
    out.begin_object();
    out.key("index");
    out.unsigned_integer(value.index());
    out.key("value");
    write_value(out, value, std::index_sequence_for<A...>());
    out.end_object();
  }
  static void read(Reader& in, T& into) {
    if (auto chosen = read_choice(in, sizeof...(A)))
      read_value(chosen->value, chosen->index, into, std::index_sequence_for<A...>());
  }

 private:
  template <std::size_t... I> static void write_value(Writer& out, T const& value, std::index_sequence<I...>) {
    (void)((value.index() == I && (kue::write(out, *get_if<I>(&value)), true)) || ...);
  }
  template <std::size_t... I>
  static void read_value(Reader& in, std::size_t index, T& into, std::index_sequence<I...>) {
    (void)((index == I && (kue::read(in, into.template emplace<I>()), true)) || ...);
  }
};

// ---- pair and tuple, as an array

template <class T> struct TupleSerde {
  static void write(Writer& out, T const& value) {
    out.begin_array();
    std::apply([&](auto const&... item) { (kue::write(out, item), ...); }, value);
    out.end_array();
  }
  static void read(Reader& in, T& into) {
    if (!in.array()) return;
    if (in.size() != std::tuple_size_v<T>) return wrong_count(in, std::tuple_size_v<T>);
    auto at = in.first();
    std::apply([&](auto&... item) { ((kue::read(*at, item), at = at->next()), ...); }, into);
  }
};

// ---- time: the count of the type's own unit

template <class T> struct DurationSerde {
  static void write(Writer& out, T value) { kue::write(out, value.count()); }
  static void read(Reader& in, T& into) {
    typename T::rep count = into.count();
    kue::read(in, count);
    into = T(count);
  }
};

template <class Clock, class Duration> struct TimeSerde {
  using Point = std::chrono::time_point<Clock, Duration>;
  static_assert(!std::is_same_v<Clock, std::chrono::steady_clock>,
                "kue: a time of steady_clock means nothing to another process; use std::chrono::system_clock");
  static void write(Writer& out, Point value) { kue::write(out, value.time_since_epoch()); }
  static void read(Reader& in, Point& into) {
    Duration since = into.time_since_epoch();
    kue::read(in, since);
    into = Point(since);
  }
};

// ---- structs

struct FieldRow {
  std::string_view name;
  bool may_be_missing;
  void* at;
  ReadErased read;
};
void read_fields(Reader& in, std::span<FieldRow const> fields, bool accepts_unknown_fields);

template <class T> constexpr bool is_field(std::string_view name) {
  for (std::string_view const field : field_names<T>()) {
    if (field == name) return true;
  }
  return false;
}

// A field of that name is data like any other; a static member of that name tells how the struct has changed.
template <class T> constexpr bool lists_added() {
  if constexpr (has_member_added<T>) return !is_field<T>("added");
  return false;
}
template <class T> constexpr bool says_about_unknown_fields() {
  if constexpr (has_member_accepts_unknown_fields<T>) return !is_field<T>("accepts_unknown_fields");
  return false;
}

template <class T> constexpr bool is_constant_list() {
  return requires {
    T::added.size();
    typename Constant<(std::string_view(*T::added.begin()).size())>;
  };
}
template <class T> constexpr bool all_added_are_fields() {
  for (std::string_view const name : T::added) {
    if (!is_field<T>(name)) return false;
  }
  return true;
}
template <class T> constexpr bool check_added() {
  if constexpr (lists_added<T>()) {
    constexpr bool right = is_constant_list<T>();
    static_assert(right, "kue: the member 'added' of a struct that travels must be public and `static constexpr "
                         "std::array added{\"locale\"}`: the names of its new fields");
    if constexpr (right) {
      constexpr bool known = all_added_are_fields<T>();
      static_assert(known, "kue: 'added' lists a name that is not a field of this struct; check its spelling");
      return known;
    }
    return false;
  }
  return true;
}
template <class T> constexpr bool check_unknown_fields() {
  if constexpr (says_about_unknown_fields<T>()) {
    constexpr bool right = requires {
      typename Constant<T::accepts_unknown_fields>;
      requires std::is_same_v<decltype(T::accepts_unknown_fields), bool const>;
    };
    static_assert(right, "kue: the member 'accepts_unknown_fields' of a struct that travels must be public and `static "
                         "constexpr bool accepts_unknown_fields = true`");
    return right;
  }
  return true;
}

template <class T> constexpr bool was_added(std::string_view name) {
  if constexpr (lists_added<T>()) {
    for (std::string_view const one : T::added) {
      if (one == name) return true;
    }
  }
  return false;
}
template <class T> constexpr bool accepts_unknown() {
  if constexpr (says_about_unknown_fields<T>()) return T::accepts_unknown_fields;
  return false;
}

struct NoneIsConst {
  template <class... F> constexpr auto operator()(F&...) const {
    return std::bool_constant<(!std::is_const_v<F> && ...)>();
  }
};
// Asked when it is written too: a job that could never come back is refused where it is pushed.
template <class T> constexpr bool check_struct() {
  constexpr bool assignable = decltype(visit_fields(std::declval<T&>(), NoneIsConst()))::value;
  static_assert(assignable, "kue: a const member cannot be filled in when the job comes back; make it non-const");
  return assignable && check_added<T>() && check_unknown_fields<T>();
}

template <class T> struct FieldsSerde {
  static void write(Writer& out, T const& value) {
    [[maybe_unused]] static constexpr auto names = field_names<T>();
    out.begin_object();
    if constexpr (!check_struct<T>()) return;
    visit_fields(value, [&](auto const&... field) {
      [[maybe_unused]] std::size_t i = 0;
      ((out.key(names[i++]), kue::write(out, field)), ...);
    });
    out.end_object();
  }
  static void read(Reader& in, T& into) {
    [[maybe_unused]] static constexpr auto names = field_names<T>();
    if constexpr (!check_struct<T>()) return;
    visit_fields(into, [&]<class... F>(F&... field) {
      [[maybe_unused]] std::size_t i = 0;
      [[maybe_unused]] auto const row = [&]<class One>(One& one) {
        bool const may_be_missing = optional_shaped<One> || was_added<T>(names[i]);
        return FieldRow{names[i++], may_be_missing, &one, &read_erased<One>};
      };
      FieldRow const rows[] = {row(field)..., {{}, true, nullptr, nullptr}};
      read_fields(in, {rows, sizeof...(F)}, accepts_unknown<T>());
    });
  }
};

// ---- the choice

struct Refused {  // the sentence is enough: no further errors
  static void write(Writer&, auto const&) {}
  static void read(Reader&, auto&) {}
};

template <class T> constexpr auto choose_serde() {
  if constexpr (std::is_same_v<T, bool>) {
    return BoolSerde();
  } else if constexpr (std::is_integral_v<T>) {
    return IntegerSerde<T>();
  } else if constexpr (std::is_floating_point_v<T>) {
    return NumberSerde<T>();
  } else if constexpr (std::is_enum_v<T>) {
    return EnumSerde<T>();
  } else if constexpr (std::is_array_v<T>) {
    static_assert(!sizeof(T), "kue: a C array cannot be a field; use std::array");
    return Refused();
  } else if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> || pointer_shaped<T>) {
    static_assert(!sizeof(T),
                  "kue: a pointer cannot travel to another process; hold the value, or an id to find it by");
    return Refused();
  } else if constexpr (view_shaped<T>) {
    static_assert(!sizeof(T),
                  "kue: a view cannot travel: in the worker it would point at nothing; use std::string or std::vector");
    return Refused();
  } else if constexpr (std::is_same_v<T, std::string> || path_shaped<T>) {
    return TextSerde<T>();
  } else if constexpr (optional_shaped<T>) {
    return OptionalSerde<T>();
  } else if constexpr (lists_fields<T>) {
    return FieldsSerde<T>();
  } else if constexpr (variant_shaped<T>) {
    return VariantOf<T, VariantSerde>();
  } else if constexpr (map_shaped<T>) {
    return MapSerde<T>();
  } else if constexpr (set_shaped<T>) {
    return SetSerde<T>();
  } else if constexpr (sequence_shaped<T>) {
    return SequenceSerde<T>();
  } else if constexpr (std_array_shaped<T>) {
    return ArraySerde<T>();
  } else if constexpr (tuple_shaped<T>) {
    return TupleSerde<T>();
  } else if constexpr (has_fields_v<T>) {
    return FieldsSerde<T>();
  } else {
    static_assert(
        !sizeof(T),
        "kue: this type cannot travel; give it public fields, KUE_FIELDS(a_, b_), or specialise kue::Serde for it");
    return Refused();
  }
}

}  // namespace detail

template <class T> struct Serde : decltype(detail::choose_serde<T>()) {};
template <class Rep, class Period> struct Serde<std::chrono::duration<Rep, Period>>
    : detail::DurationSerde<std::chrono::duration<Rep, Period>> {};
template <class Clock, class Duration> struct Serde<std::chrono::time_point<Clock, Duration>>
    : detail::TimeSerde<Clock, Duration> {};

}  // namespace kue
