// core/runtime/config_secrets.cpp - reads secrets where `file:` and `env:` say they are, and
// refuses careless ones.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/runtime/config.hpp"

namespace convene {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Error{"config.secret", name + ": " + std::strerror(errno)};
  struct stat about {};
  std::string text(kSecretBytesMax + 1, '\0');
  const bool known = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  const ssize_t size = known ? ::read(fd, text.data(), text.size()) : -1;
  ::close(fd);
  if (!known || size < 0) return Error{"config.secret", name + " is not a file that can be read"};
  if ((about.st_mode & 077) != 0) {
    return Error{"config.secret",
                 name + " may be read by others; chmod 600 it and choose a new secret"};
  }
  if (about.st_uid != ::geteuid() && about.st_uid != 0) {
    return Error{"config.secret", name + " belongs to another user"};
  }
  text.resize(static_cast<std::size_t>(size));
  if (text.size() > kSecretBytesMax) return Error{"config.secret", name + " is larger than 4 KiB"};
  text = trimmed(std::move(text));
  if (text.empty()) return Error{"config.secret", name + " is empty"};
  return text;
}

class SystemSecrets : public SecretReader {
 public:
  Result<std::string> read(const std::string& source,
                           const std::filesystem::path& data) const override {
    if (source.starts_with("file:")) return read_file(data / source.substr(5));
    if (!source.starts_with("env:")) return Error{"config.secret", "it is neither file: nor env:"};
    const char* value = std::getenv(source.substr(4).c_str());
    if (value == nullptr || *value == '\0') {
      return Error{"config.secret", "the environment variable " + source.substr(4) + " is not set"};
    }
    return trimmed(value);
  }
};

}  // namespace

const SecretReader& system_secrets() {
  static const SystemSecrets reader;
  return reader;
}

}  // namespace convene
