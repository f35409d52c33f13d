#pragma once
// Shop: the shop's own tables, in the file in which the jobs are.

#include <sqlite3.h>

#include <cstdint>
#include <string>

class Shop {
 public:
  explicit Shop(std::string const& store);  // "sqlite:PATH"; makes the tables if they are not there
  ~Shop();
  Shop(Shop const&) = delete;
  Shop& operator=(Shop const&) = delete;

  sqlite3* database() const { return database_; }
  std::int64_t add_order(std::string const& customer);
  std::string customer_of(std::int64_t order);
  void note_email(std::int64_t order, std::string const& key);

 private:
  sqlite3* database_ = nullptr;
};
