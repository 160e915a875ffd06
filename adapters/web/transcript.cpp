// adapters/web/transcript.cpp - an append-only file of sealed entries: size, nonce, box; size, nonce, box; ...
#include "adapters/web/transcript.hpp"

#include <sodium.h>

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

Transcript::Transcript(fs::path file, const TranscriptKey& key)
    : path_(std::move(file)), key_(key) {
  static_assert(sizeof nonce_prefix_ + sizeof sealed_ == crypto_secretbox_NONCEBYTES);
  randombytes_buf(nonce_prefix_.data(), nonce_prefix_.size());
}

/// An entry as it stands in the file: size, nonce, box. Sealed in place.
std::string Transcript::sealed(std::string_view channel, std::uint64_t number, std::uint64_t leg,
                               std::string_view tail) {
  const std::size_t plain = 18 + channel.size() + tail.size();
  std::string out;
  out.reserve(kHead + crypto_secretbox_MACBYTES + plain);
  put_number(out, plain + crypto_secretbox_MACBYTES, 4);
  out.append(reinterpret_cast<const char*>(nonce_prefix_.data()), nonce_prefix_.size());
  put_number(out, ++sealed_, 8);
  out.append(crypto_secretbox_MACBYTES, '\0');
  put_number(out, number, 8);
  put_number(out, leg, 8);
  put_number(out, channel.size(), 2);
  out.append(channel).append(tail);
  auto* const nonce = reinterpret_cast<unsigned char*>(out.data()) + sizeof(std::uint32_t);
  unsigned char* const mac = nonce + crypto_secretbox_NONCEBYTES;
  unsigned char* const text = mac + crypto_secretbox_MACBYTES;
  crypto_secretbox_detached(text, mac, text, plain, nonce, key_.data());
  return out;
}

std::vector<TranscriptLine> Transcript::read() {
  std::ifstream file(path_, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<TranscriptLine> lines;
  std::string_view rest = all;
  std::size_t whole = 0;
  while (auto line = unseal(rest, key_)) {
    lines.push_back(*std::move(line));
    whole = all.size() - rest.size();
  }
  if (!file_.is_open()) end_ = whole;
  return lines;
}

void Transcript::append(std::string_view channel, std::uint64_t number, std::uint64_t leg,
                        std::string_view tail) {
  if (failed_) return;
  if (!end_) read();
  if ((file_.is_open() || file_.open(path_, *end_)) &&
      file_.append(sealed(channel, number, leg, tail))) {
    end_ = file_.size();
    return;
  }
  // No more of this session: an entry that is missing in the middle would be a lie.
  failed_ = true;
  log::warning("web.transcript_not_kept", {{"error", std::strerror(errno)}});
  file_.close();
}

void Transcript::rewrite(const std::vector<TranscriptLine>& lines) {
  if (failed_) return;
  const fs::path fresh = fs::path(path_).concat(".new");
  std::error_code error;
  fs::remove(fresh, error);
  {
    Transcript copy(fresh, key_);
    for (const auto& line : lines) copy.append(line.channel, line.number, line.leg, line.tail);
    if (copy.failed_) return;
    end_ = copy.bytes();
  }
  file_.close();
  if (lines.empty())
    fs::remove(path_, error);
  else
    fs::rename(fresh, path_, error);
}

void Transcript::remove() {
  std::error_code ignored;
  fs::remove(path_, ignored);
  file_.close();
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
