#pragma once
// The store `sqlite:PATH`: jobs in one file on a local disk, shared by all processes of the machine.

#include <kue/store.hpp>

#include <memory>
#include <string>

namespace kue::sqlite {

StoreDriver driver();
std::unique_ptr<Store> open(std::string const& path, StoreOptions const& options = {});  // not guarded; touches nothing yet

}  // namespace kue::sqlite
