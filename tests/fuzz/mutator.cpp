// tests/fuzz/mutator.cpp - the mutations.
#include "tests/fuzz/mutator.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace convene::fuzz {
namespace {

using namespace std::string_view_literals;

// Words that our formats are made of, and those that break careless readers of them.
// clang-format off
constexpr std::array kWords{
    "{"sv,       "}"sv,       "["sv,         "]"sv,        "\""sv,        ":"sv,        ","sv,
    "null"sv,    "true"sv,    "false"sv,     "\\u0000"sv,  "\\ud800"sv,   "\\\""sv,     "\\"sv,
    "1e999"sv,   "-0"sv,      "1e-7"sv,      "NaN"sv,      "{\"a\":"sv,   "[[[[[["sv,   "\0"sv,
    "\xff"sv,    "\xc0\x80"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv, "\xe2\x80\xae"sv, "\r\n"sv, "\r\n\r\n"sv,
    "http://"sv, "https://"sv, "javascript:"sv, "//"sv,    "@"sv,         "%00"sv,      "%2e%2e"sv,
    "%25"sv,     "../"sv,     "?s="sv,       "; "sv,       "="sv,         "#"sv,        "localhost"sv,
    "CV1"sv,     "text"sv,    "typing"sv,    "url"sv,      "title"sv,     "\"t\":"sv,   "\"leg\":"sv,
    "4294967296"sv, "9223372036854775807"sv, "-9223372036854775808"sv, "18446744073709551616"sv};
// clang-format on

constexpr std::array<unsigned char, 10> kBytes{0, 1, 9, 10, 13, 32, 127, 128, 192, 255};

}  // namespace

std::uint64_t Dice::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::size_t Dice::below(std::size_t bound) { return bound == 0 ? 0 : next() % bound; }

void Mutator::keep(std::string input) { kept_.push_back(std::move(input)); }

std::string Mutator::next() {
  std::string input = kept_.empty() ? std::string() : kept_[dice_.below(kept_.size())];
  for (std::size_t left = 1 + dice_.below(5); left > 0; --left) mutate(input);
  if (input.size() > size_max_) input.resize(size_max_);
  return input;
}

std::string_view Mutator::piece() {
  if (kept_.empty()) return {};
  const std::string_view from = kept_[dice_.below(kept_.size())];
  const std::size_t begin = dice_.below(from.size() + 1);
  return from.substr(begin, dice_.below(std::min<std::size_t>(from.size() - begin, 64) + 1));
}

void Mutator::mutate(std::string& input) {
  const std::size_t at = dice_.below(input.size() + 1);
  const std::size_t length = dice_.below(std::min<std::size_t>(input.size() - at, 16) + 1);
  switch (dice_.below(8)) {
    case 0:  // One bit.
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1u << dice_.below(8)));
      break;
    case 1:  // One byte that is often a border.
      if (at < input.size()) input[at] = static_cast<char>(kBytes[dice_.below(kBytes.size())]);
      break;
    case 2:
      input.erase(at, length);
      break;
    case 3:
      input.insert(at, input.substr(at, length));
      break;
    case 4:
      input.insert(at, kWords[dice_.below(kWords.size())]);
      break;
    case 5:
      input.replace(at, length, kWords[dice_.below(kWords.size())]);
      break;
    case 6:
      input.insert(at, std::string(piece()));
      break;
    default:  // The beginning of this, the end of another.
      input.resize(at);
      input += piece();
      break;
  }
}

}  // namespace convene::fuzz
