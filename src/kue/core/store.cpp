#include <kue/store.hpp>

#include <kue/error.hpp>

namespace kue {
namespace {

[[noreturn]] void refuse_transaction() {
  throw Error(ErrorKind::refused,
              "this store cannot join a transaction of the program's own (StoreCapabilities::transactions); "
              "use a file that both share, sqlite:PATH");
}

}  // namespace

PushResult Store::push_in(Foreign&, PushRequest const&) { refuse_transaction(); }
FinishResult Store::finish_in(Foreign&, FinishRequest const&) { refuse_transaction(); }

}  // namespace kue
