#pragma once
// Statement: one prepared SQL text, and Use: one execution of it.
//
//   auto row = connection.use(Sql::get, id);     // binds in order
//   if (row.step()) name = row.text(1);
//
// A Use resets its statement when it ends, so texts are bound without a copy and must outlive it. Not thread-safe.

#include <kue/clock.hpp>
#include <kue/id.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace kue::sqlite {

class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  explicit operator bool() const { return handle_ != nullptr; }
  sqlite3_stmt* handle() const { return handle_; }

 private:
  sqlite3_stmt* handle_ = nullptr;
};

class Use {
 public:
  template <class... A> explicit Use(sqlite3_stmt* handle, A const&... values) : handle_(handle) {
    [[maybe_unused]] int at = 0;
    (bind(++at, values), ...);
  }
  Use(Use const&) = delete;
  Use& operator=(Use const&) = delete;
  ~Use();

  template <std::integral I> void bind(int at, I value) { bind_integer(at, static_cast<std::int64_t>(value)); }
  void bind(int at, std::string_view text);
  void bind(int at, JobId const& id);
  void bind(int at, TimePoint time) { bind_integer(at, time.time_since_epoch().count()); }
  void bind(int at, std::nullopt_t);
  template <class T> void bind(int at, std::optional<T> const& value) {
    if (value)
      bind(at, *value);
    else
      bind(at, std::nullopt);
  }

  bool step();  // true: a row is there

  // Columns of the present row, counted from 0. Texts live until the next step.
  bool null(int column) const;
  std::int64_t integer(int column) const;
  std::uint32_t small(int column) const { return static_cast<std::uint32_t>(integer(column)); }
  std::uint64_t bits(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;
  TimePoint time(int column) const { return TimePoint(Millis(integer(column))); }
  std::optional<TimePoint> maybe_time(int column) const;
  JobId id(int column) const;  // nil if the column is no id

  // What the column really holds: bad rows are found by this.
  bool is_integer(int column) const;
  bool is_text(int column) const;
  bool is_id(int column) const;

 private:
  void bind_integer(int at, std::int64_t value);
  void check(int code) const;

  sqlite3_stmt* handle_;
};

}  // namespace kue::sqlite
