#pragma once
// own_pid: getpid(2) without the system call, for what happens several times a job. Right after fork(2), too; not after a bare
// clone(2), so what guards data against a fork asks the kernel.

namespace kue {

int own_pid() noexcept;

}  // namespace kue
