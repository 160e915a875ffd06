// core/app/host/adapter.hpp - `convene-host --adapter`: an adapter's library on the buses.
#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace convene::app {

/// Reads its arguments and its environment, and serves until it is told to end: the exit code. The
/// process must not go on after that.
int run_adapter(int argc, char** argv);

/// All of `text` as a number.
template <class Number>
bool number(std::string_view text, Number& to) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), to);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

}  // namespace convene::app
