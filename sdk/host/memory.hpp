// sdk/host/memory.hpp - reads memory that may not be there.
#pragma once

#include <cstddef>

namespace convene {

/// Copies `size` bytes from `from`, which a plugin has named; false when they are not all readable.
/// Goes through the kernel, so that a wild pointer is an answer and not a crash. For the few reads
/// at loading: each is a system call.
bool read_memory(void* to, const void* from, std::size_t size);

}  // namespace convene
