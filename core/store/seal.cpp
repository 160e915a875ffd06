// core/store/seal.cpp - the store's key, and what is sealed with it.
#include "core/store/seal.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace convene::store {
namespace {

static_assert(Seal::kOverhead == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                     crypto_aead_xchacha20poly1305_ietf_ABYTES);
constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error key_error(std::string code, const std::filesystem::path& file, const std::string& what) {
  return Error{std::move(code), "The store's key file " + file.string() + " " + what};
}

/// Closes what it holds.
struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

/// A new file survives a power cut only when its folder has been told.
bool sync_folder(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const File f{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return f.fd >= 0 && ::fsync(f.fd) == 0;
}

}  // namespace

void Seal::Forget::operator()(std::uint8_t* key) const { sodium_free(key); }

Seal::Seal(Key key) : key_(std::move(key)) { randombytes_buf(prefix_.data(), prefix_.size()); }

Result<Seal::Key> Seal::new_key() {
  if (sodium_init() < 0) return Error{"store.failed", "libsodium cannot be initialised."};
  Key key(static_cast<std::uint8_t*>(sodium_malloc(kKeyBytes)));
  if (!key) {
    return Error{"store.failed",
                 "No locked memory for the store's key: raise the limit (ulimit -l)."};
  }
  return key;
}

Result<Seal> Seal::open(const std::filesystem::path& file) {
  const File f{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (f.fd < 0) {
    if (errno == ENOENT) {
      return key_error(
          "store.key_missing", file,
          "is missing. Restore it: without it nobody can read the contexts in the database.");
    }
    return key_error("store.key_missing", file,
                     std::string("cannot be opened: ") + std::strerror(errno) + ".");
  }
  struct stat info {};
  if (::fstat(f.fd, &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return key_error("store.key_open_to_others", file,
                     "can be read by others: set its mode to 0600.");
  }
  std::array<char, 2 * kKeyBytes + 1> text{};
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t n = ::read(f.fd, text.data() + have, text.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  auto key = new_key();
  if (!key) return key.error();
  std::size_t size = 0;
  const char* end = nullptr;
  const bool read = have >= 2 * kKeyBytes &&
                    sodium_hex2bin(key->get(), kKeyBytes, text.data(), 2 * kKeyBytes, nullptr,
                                   &size, &end) == 0 &&
                    size == kKeyBytes;
  sodium_memzero(text.data(), text.size());
  if (!read)
    return key_error("store.wrong_key", file, "does not hold 64 hexadecimal digits: restore it.");
  return Seal(std::move(*key));
}

Result<Seal> Seal::create(const std::filesystem::path& file) {
  auto key = new_key();
  if (!key) return key.error();
  crypto_aead_xchacha20poly1305_ietf_keygen(key->get());
  const File f{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (f.fd < 0) {
    return key_error("store.read_only", file,
                     std::string("cannot be made: ") + std::strerror(errno) + ".");
  }
  std::array<char, 2 * kKeyBytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), key->get(), kKeyBytes);
  text.back() = '\n';
  const bool written =
      write_all(f.fd, text.data(), text.size()) && ::fsync(f.fd) == 0 && sync_folder(file);
  sodium_memzero(text.data(), text.size());
  if (!written) {
    ::unlink(file.c_str());
    return key_error("store.full", file,
                     std::string("cannot be written: ") + std::strerror(errno) + ".");
  }
  return Seal(std::move(*key));
}

void Seal::seal(std::string_view row, std::string_view plain, std::string& out) {
  out.resize(kOverhead + plain.size());
  auto* nonce = reinterpret_cast<unsigned char*>(out.data());
  ++counter_;
  std::memcpy(nonce, prefix_.data(), prefix_.size());
  std::memcpy(nonce + prefix_.size(), &counter_, sizeof counter_);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes(plain),
                                             plain.size(), bytes(row), row.size(), nullptr, nonce,
                                             key_.get());
}

bool Seal::unseal(std::string_view row, std::string_view sealed, std::string& plain) const {
  plain.clear();
  if (sealed.size() < kOverhead) return false;
  plain.resize(sealed.size() - kOverhead);
  const auto* nonce = bytes(sealed);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, nonce + kNonceBytes,
             sealed.size() - kNonceBytes, bytes(row), row.size(), nonce, key_.get()) == 0;
}

}  // namespace convene::store
