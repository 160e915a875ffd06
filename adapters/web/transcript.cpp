// adapters/web/transcript.cpp - an append-only file of sealed entries: size, nonce, box; size, nonce, box; ...
#include "adapters/web/transcript.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "adapters/web/log.hpp"
#include "adapters/web/seal.hpp"

namespace convene::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = sizeof(std::uint32_t) + crypto_secretbox_NONCEBYTES;
constexpr std::size_t kBoxMax =
    256u << 10;  ///< Frames are at most 64 KiB; their JSON may grow when it is escaped.
constexpr auto kLeftBehind = std::chrono::hours(24);

void put_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t take_number(std::string_view& in, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  in.remove_prefix(bytes);
  return value;
}

const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

std::string sealed(const TranscriptLine& line, const TranscriptKey& key) {
  std::string plain;
  plain.reserve(18 + line.channel.size() + line.tail.size());
  put_number(plain, line.number, 8);
  put_number(plain, line.leg, 8);
  put_number(plain, line.channel.size(), 2);
  plain += line.channel;
  plain += line.tail;
  const std::size_t box = plain.size() + crypto_secretbox_MACBYTES;
  std::string out;
  put_number(out, box, 4);
  out.resize(kHead + box);
  auto* nonce = reinterpret_cast<unsigned char*>(out.data()) + sizeof(std::uint32_t);
  randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes_of(plain), plain.size(), nonce,
                        key.data());
  return out;
}

/// Takes one entry off the front of `in`; nothing when the rest is not a whole one of ours.
std::optional<TranscriptLine> unseal(std::string_view& in, const TranscriptKey& key) {
  if (in.size() < kHead) return std::nullopt;
  const std::size_t box = take_number(in, 4);
  if (box < crypto_secretbox_MACBYTES + 18 || box > kBoxMax ||
      in.size() < crypto_secretbox_NONCEBYTES + box)
    return std::nullopt;
  std::string plain(box - crypto_secretbox_MACBYTES, '\0');
  const unsigned char* nonce = bytes_of(in);
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                 nonce + crypto_secretbox_NONCEBYTES, box, nonce, key.data()) != 0)
    return std::nullopt;
  in.remove_prefix(crypto_secretbox_NONCEBYTES + box);
  std::string_view rest = plain;
  TranscriptLine line;
  line.number = take_number(rest, 8);
  line.leg = take_number(rest, 8);
  const std::size_t name = take_number(rest, 2);
  if (name > rest.size()) return std::nullopt;
  line.channel = rest.substr(0, name);
  line.tail = rest.substr(name);
  return line;
}

}  // namespace

Transcript::~Transcript() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<TranscriptLine> Transcript::read() const {
  std::ifstream file(file_, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<TranscriptLine> lines;
  std::string_view rest = all;
  while (auto line = unseal(rest, key_)) lines.push_back(*std::move(line));
  return lines;
}

bool Transcript::open() {
  if (descriptor_ >= 0) return true;
  if (failed_) return false;
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) complain();
  struct stat status {};
  if (descriptor_ >= 0 && fstat(descriptor_, &status) == 0)
    bytes_ = static_cast<std::uint64_t>(status.st_size);
  return descriptor_ >= 0;
}

void Transcript::complain() {
  failed_ = true;
  log::warning("web.transcript_not_kept", {{"error", std::strerror(errno)}});
}

void Transcript::append(const TranscriptLine& line) {
  if (!open()) return;
  const std::string box = sealed(line, key_);
  const ssize_t written = ::write(descriptor_, box.data(), box.size());
  if (written == static_cast<ssize_t>(box.size())) {
    bytes_ += box.size();
    return;
  }
  // A torn entry would hide every later one: take it back, and keep no more of this session.
  if (written > 0 && ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0)
    log::warning("web.transcript_torn");
  complain();
  ::close(descriptor_);
  descriptor_ = -1;
}

void Transcript::rewrite(const std::vector<TranscriptLine>& lines) {
  if (failed_) return;
  const fs::path fresh = fs::path(file_).concat(".new");
  {
    Transcript copy(fresh, key_);
    std::error_code ignored;
    fs::remove(fresh, ignored);
    for (const auto& line : lines) copy.append(line);
    if (copy.failed_) return;
    bytes_ = copy.bytes_;
  }
  std::error_code error;
  fs::rename(fresh, file_, error);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Transcript::remove() {
  std::error_code ignored;
  fs::remove(file_, ignored);
  failed_ = true;
}

Transcripts::Transcripts(const std::string& folder, std::string_view key) : folder_(folder) {
  if (folder_.empty()) return;
  key_ = derived_key(key, "convene web transcript 1");
  std::error_code error;
  fs::create_directories(folder_, error);
  fs::permissions(folder_, fs::perms::owner_all, error);
  if (error) {
    log::warning("web.transcript_not_kept", {{"error", error.message()}});
    folder_.clear();
    return;
  }
  for (const auto& file : fs::directory_iterator(folder_, error)) {
    std::error_code ignored;
    if (fs::file_time_type::clock::now() - file.last_write_time(ignored) > kLeftBehind)
      fs::remove(file, ignored);
  }
}

std::unique_ptr<Transcript> Transcripts::of(std::uint64_t session) const {
  if (folder_.empty() || session == 0) return nullptr;
  return std::make_unique<Transcript>(folder_ / std::to_string(session), key_);
}

}  // namespace convene::web
