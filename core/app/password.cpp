// core/app/password.cpp - `convene password`: from a password to what may stand in a file.
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"

namespace convene::app {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 1024;

// Found on every list of the most used passwords, and in the manuals of the systems that we are put
// beside.
constexpr std::array<std::string_view, 14> kWellKnown = {
    "password", "password1", "passw0rd", "12345678",   "123456789", "1234567890", "qwertyuiop",
    "changeme", "letmein1",  "admin123", "adminadmin", "iloveyou",  "00000000",   "11111111"};

// Reads a line from the terminal without showing it.
std::optional<std::string> ask(const char* prompt) {
  termios shown{};
  if (tcgetattr(STDIN_FILENO, &shown) != 0) return std::nullopt;
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  std::fputs(prompt, stderr);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::fputs("\n", stderr);
  return read ? std::optional(line) : std::nullopt;
}

std::optional<std::string> read_password() {
  if (isatty(STDIN_FILENO) == 0) {
    std::string line;
    if (std::getline(std::cin, line)) return line;
    std::fputs("convene: no password came on standard input\n", stderr);
    return std::nullopt;
  }
  const auto first = ask("Password: ");
  const auto second = ask("Once more: ");
  if (!first || first != second) {
    std::fputs("convene: the two are not the same\n", stderr);
    return std::nullopt;
  }
  return first;
}

const char* fault_of(const std::string& password) {
  if (password.size() < kShortest) return "at least 8 characters";
  if (password.size() > kLongest) return "at most 1024 bytes";
  if (std::find(kWellKnown.begin(), kWellKnown.end(), password) != kWellKnown.end()) {
    return "this one is tried first by everybody who guesses";
  }
  return nullptr;
}

}  // namespace

int password() {
  if (sodium_init() < 0) return kFailed;
  auto plain = read_password();
  if (!plain) return kFailed;
  if (const char* fault = fault_of(*plain)) {
    std::fprintf(stderr, "convene: choose another password: %s\n", fault);
    return kFailed;
  }
  char hash[crypto_pwhash_STRBYTES] = {};
  const int failed =
      crypto_pwhash_str(hash, plain->data(), plain->size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE);
  sodium_memzero(plain->data(), plain->size());
  if (failed != 0) {
    std::fputs("convene: not enough memory for argon2id\n", stderr);
    return kFailed;
  }
  std::puts(hash);
  return kOk;
}

}  // namespace convene::app
