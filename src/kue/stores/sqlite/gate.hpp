#pragma once
// Gate: a lock before SQLite's own, for fairness only. SQLite's waiting is a lottery that starves a process (measured).
//
//   gate.enter();            // at most 250 ms; then goes on without it
//   ... BEGIN IMMEDIATE ... COMMIT ...
//   gate.leave();
//
// It is a flock on the wake file, so the kernel opens it when a process dies. Nothing is wrong without it.

namespace kue::sqlite {

class Gate {
 public:
  explicit Gate(int descriptor) : descriptor_(descriptor) {}
  void enter();
  void leave();

 private:
  int descriptor_;  // -1: there is no file, so no gate
  bool inside_ = false;
};

}  // namespace kue::sqlite
