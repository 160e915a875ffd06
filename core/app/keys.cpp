// core/app/keys.cpp - `convene keys new`: a CURVE key pair for a bus over tcp.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"
#include "core/runtime/curve_keys.hpp"

namespace convene::app {

int keys_new(const std::filesystem::path& secret_file) {
  const Result<CurveKeys> made = make_curve_keys();
  if (!made) {
    std::fprintf(stderr, "convene: %s\n", made.error().text.c_str());
    return kFailed;
  }
  const char* public_key = made->public_key.c_str();
  const std::string& secret_key = made->secret_key;
  if (secret_file.empty()) {
    std::printf("public_key = \"%s\"\nsecret key, to keep in a file of mode 0600: %s\n", public_key,
                secret_key.c_str());
    return kOk;
  }
  const int fd = ::open(secret_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string line = secret_key + "\n";
  const bool written = fd >= 0 &&
                       ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(fd) == 0;
  const int problem = errno;
  if (fd >= 0) ::close(fd);
  if (!written) {
    std::fprintf(stderr, "convene: %s: %s%s\n", secret_file.c_str(), std::strerror(problem),
                 problem == EEXIST ? "; a key is written into a new file only" : "");
    return kFailed;
  }
  // In full: a configuration reads a relative one from node.data, wherever this has been written.
  std::printf("public_key = \"%s\"\nsecret_key = \"file:%s\"\n", public_key,
              std::filesystem::absolute(secret_file).c_str());
  return kOk;
}

}  // namespace convene::app
