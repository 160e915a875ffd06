// core/app/keys.cpp - `convene keys new`: a CURVE key pair for a bus over tcp.
#include <fcntl.h>
#include <unistd.h>
#include <zmq.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"

namespace convene::app {

int keys_new(const std::filesystem::path& secret_file) {
  char public_key[41] = {};
  char secret_key[41] = {};
  if (zmq_curve_keypair(public_key, secret_key) != 0) {
    std::fprintf(stderr, "convene: this build of ZeroMQ has no CURVE: %s\n",
                 zmq_strerror(zmq_errno()));
    return kFailed;
  }
  if (secret_file.empty()) {
    std::printf("public_key = \"%s\"\nsecret key, to keep in a file of mode 0600: %s\n", public_key,
                secret_key);
    return kOk;
  }
  const int fd = ::open(secret_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string line = std::string(secret_key) + "\n";
  const bool written = fd >= 0 &&
                       ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(fd) == 0;
  const int problem = errno;
  if (fd >= 0) ::close(fd);
  if (!written) {
    std::fprintf(stderr, "convene: %s: %s\n", secret_file.c_str(), std::strerror(problem));
    return kFailed;
  }
  std::printf("public_key = \"%s\"\nsecret_key = \"file:%s\"\n", public_key, secret_file.c_str());
  return kOk;
}

}  // namespace convene::app
