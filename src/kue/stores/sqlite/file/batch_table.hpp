#pragma once
// BatchTable: structs of the caller as a table that a statement reads, so that hundreds of jobs are one statement and
// not hundreds.
//
//   -- columns are v1, v2 ... as parameters are ?1, ?2 ...; rowid counts the structs from 0
//   DELETE FROM kue_unfinished WHERE seq IN (SELECT v1 FROM kue_batch)
//
//   auto const write = [](Claimed const& job, int, BatchTable::Value& out) { out.set(job.claim.seq); };
//   auto const rows = batch_of(std::span(jobs), write);
//   connection.execute_for(rows, Sql::unfinished_delete_all);
//
// One a connection: a virtual table (sqlite.org/vtab.html) without a name in the schema. A statement names it once.

#include <kue/clock.hpp>
#include <kue/id.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

struct sqlite3;
struct sqlite3_context;

namespace kue::sqlite {

class BatchTable {
 public:
  static constexpr int kColumns = 14;

  // Where the value of one column goes. Texts and ids are not copied: they outlive the statement.
  class Value {
   public:
    explicit Value(sqlite3_context* context) : context_(context) {}
    template <std::integral I> void set(I value) { set_integer(static_cast<std::int64_t>(value)); }
    void set(std::string_view text);
    void set(JobId const& id);
    void set(TimePoint time) { set_integer(time.time_since_epoch().count()); }
    void set(std::nullopt_t);
    template <class T> void set(std::optional<T> const& value) {
      if (value)
        set(*value);
      else
        set(std::nullopt);
    }

   private:
    void set_integer(std::int64_t value);
    sqlite3_context* context_;
  };

  class Rows {
   public:
    virtual std::size_t size() const = 0;
    virtual void value(std::size_t row, int column, Value& out) const = 0;  // column counts from 1; must not throw

   protected:
    ~Rows() = default;
  };

  BatchTable() = default;
  BatchTable(BatchTable const&) = delete;
  BatchTable& operator=(BatchTable const&) = delete;

  // Once a connection, which must be closed before this object ends. An SQLite result code.
  int add_to(sqlite3* database);
  void remove_from(sqlite3* database);
  // For the statement that runs next; they must outlive it.
  void lend(Rows const& rows) { lent_ = &rows; }
  Rows const* borrow();  // null if nothing was lent: a statement must not see the rows of another

 private:
  Rows const* lent_ = nullptr;
};

// Rows out of a span, by a function (item, column from 1, BatchTable::Value&).
template <class T, class F> class BatchOf final : public BatchTable::Rows {
 public:
  BatchOf(std::span<T const> items, F write) : items_(items), write_(write) {}
  std::size_t size() const override { return items_.size(); }
  void value(std::size_t row, int column, BatchTable::Value& out) const override { write_(items_[row], column, out); }

 private:
  std::span<T const> items_;
  F write_;
};

template <class Items, class F> auto batch_of(Items const& items, F write) {
  return BatchOf<typename Items::value_type, F>(items, write);
}

}  // namespace kue::sqlite
