// adapters/web/transcript.cpp - a file of sealed entries: size, nonce, box; size, nonce, box; ...
#include "adapters/web/transcript.hpp"

#include <sodium.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
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
  char text[8];
  for (int i = 0; i < bytes; ++i) text[i] = static_cast<char>(value >> (8 * i));
  out.append(text, static_cast<std::size_t>(bytes));
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

Transcript::Transcript(std::shared_ptr<Spool> spool, std::uint64_t session,
                       const TranscriptKey& key)
    : spool_(std::move(spool)),
      session_(session),
      path_(spool_->folder() / std::to_string(session)),
      key_(key) {
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

/// A kill while entries were taken to the file may have left some twice: the second time counts for nothing.
std::vector<TranscriptLine> Transcript::read() {
  spool_->settle(session_);
  std::ifstream file(path_, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<TranscriptLine> lines;
  std::map<std::string, std::uint64_t> newest;
  std::string_view rest = all;
  std::size_t whole = 0;
  while (auto line = unseal(rest, key_)) {
    whole = all.size() - rest.size();
    std::uint64_t& last = newest[line->channel];
    if (line->number <= last) continue;
    last = line->number;
    lines.push_back(*std::move(line));
  }
  bytes_ = whole;
  is_cut_ = whole < all.size();
  return lines;
}

void Transcript::append(std::string_view channel, std::uint64_t number, std::uint64_t leg,
                        std::string_view tail) {
  if (!bytes_) read();
  if (is_cut_) {
    std::error_code error;
    fs::resize_file(path_, *bytes_, error);
    if (error) return spool_->give_up(session_, error.value());
    is_cut_ = false;
  }
  const std::string entry = sealed(channel, number, leg, tail);
  spool_->append(session_, entry);
  *bytes_ += entry.size();
}

void Transcript::rewrite(const std::vector<TranscriptLine>& lines) {
  if (lines.empty()) return remove();
  spool_->settle(session_);
  std::string all;
  for (const auto& line : lines) all += sealed(line.channel, line.number, line.leg, line.tail);
  const fs::path fresh = fs::path(path_).concat(".new");
  std::error_code error;
  if (std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
      !out.write(all.data(), static_cast<std::streamsize>(all.size())).flush())
    return spool_->give_up(session_, errno);
  fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
  fs::rename(fresh, path_, error);
  if (error) return spool_->give_up(session_, error.value());
  bytes_ = all.size();
  is_cut_ = false;
}

void Transcript::remove() {
  if (!bytes_ || *bytes_ > 0 || is_cut_) spool_->remove(session_);
  bytes_ = 0;
  is_cut_ = false;
}

Transcripts::Transcripts(const std::string& folder, std::string_view key) {
  if (folder.empty()) return;
  key_ = derived_key(key, "convene web transcript 1");
  std::error_code error;
  fs::create_directories(folder, error);
  fs::permissions(folder, fs::perms::owner_all, error);
  const fs::path whole = error ? fs::path() : fs::canonical(folder, error);
  if (error) {
    log::warning("web.transcript_not_kept", {{"error", error.message()}});
    return;
  }
  unsigned char name[16];
  crypto_generichash(name, sizeof name, bytes_of(whole.native()), whole.native().size(),
                     key_.data(), key_.size());
  char hex[2 * sizeof name + 1];
  spool_ = std::make_shared<Spool>(
      whole, std::string("/convene-") + sodium_bin2hex(hex, sizeof hex, name, sizeof name));
  sweep([](std::uint64_t) { return false; });
}

void Transcripts::sweep(const std::function<bool(std::uint64_t session)>& lives) const {
  if (!spool_) return;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(spool_->folder(), error)) {
    std::error_code ignored;
    const bool is_old =
        fs::file_time_type::clock::now() - file.last_write_time(ignored) > kLeftBehind;
    // Who has signed out is in this folder as well: transcripts have numbers.
    const std::uint64_t session = std::strtoull(file.path().filename().c_str(), nullptr, 10);
    if (is_old && session != 0 && !lives(session)) fs::remove(file, ignored);
  }
}

void Transcripts::forget(std::uint64_t session) const {
  if (!spool_ || session == 0) return;
  spool_->remove(session);
  spool_->settle(session);
}

std::unique_ptr<Transcript> Transcripts::of(std::uint64_t session) const {
  if (!spool_ || session == 0) return nullptr;
  return std::make_unique<Transcript>(spool_, session, key_);
}

void Transcripts::settle() const {
  if (spool_) spool_->settle();
}

void Transcripts::close() const {
  if (spool_) spool_->close();
}

}  // namespace convene::web
