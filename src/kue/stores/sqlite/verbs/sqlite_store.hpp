#pragma once
// The store `sqlite:PATH`: jobs in one file on a local disk, shared by all processes of the machine.

#include <kue/store.hpp>

#include <memory>
#include <string>

namespace kue::sqlite {

StoreDriver driver();
// What the parameters of a store's URL say (docs/guide/configuration.md).
struct FileOptions {
  bool gathered_wal = true;  // gathered_wal.hpp
};
std::unique_ptr<Store> open(std::string const& path, StoreOptions const& options = {},
                            FileOptions const& file = {});  // not guarded; touches nothing yet

}  // namespace kue::sqlite
