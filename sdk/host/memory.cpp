// sdk/host/memory.cpp - process_vm_readv on this very process.
#include "sdk/host/memory.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace convene {

bool read_memory(void* to, const void* from, std::size_t size) {
  if (size == 0) return true;
  if (from == nullptr) return false;
  const iovec local{to, size};
  const iovec remote{const_cast<void*>(from), size};
  const ssize_t n = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
  if (n < 0 && (errno == ENOSYS ||
                errno == EPERM)) {  // a sandbox forbids it: then the pointer has to be trusted
    std::memcpy(to, from, size);
    return true;
  }
  return n == static_cast<ssize_t>(size);
}

}  // namespace convene
