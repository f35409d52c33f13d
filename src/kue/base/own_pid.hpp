#pragma once
// own_pid: getpid(2) without the system call, for what happens several times a job. Right in every copy of the process,
// by fork(2) or by a bare clone(2), so it may guard data against a fork.

namespace kue {

int own_pid() noexcept;

}  // namespace kue
