// statfs() as it answers for a folder on NFS, preloaded by the test of "is on a network file system": the one thing that cannot be
// had for real on a machine without such a mount.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/vfs.h>

int statfs(char const* path, struct statfs* info) {
  int (*real)(char const*, struct statfs*) = __extension__(int (*)(char const*, struct statfs*)) dlsym(RTLD_NEXT, "statfs");
  int const result = real(path, info);
  if (result == 0) info->f_type = 0x6969;  // NFS_SUPER_MAGIC
  return result;
}
