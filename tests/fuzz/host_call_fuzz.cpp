// tests/fuzz/host_call_fuzz.cpp - whatever a plugin's process is asked is a call or an error; a call that gets through
// is written as it was read.
// Links: convene_isolation
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sdk/host/isolation/cursor.cpp"
#include "sdk/host/isolation/read_calls.cpp"
#include "sdk/host/isolation/values.cpp"
#include "sdk/host/isolation/write_calls.cpp"

namespace {

using namespace convene;
using namespace convene::isolation;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string write(const Call& c) {
  switch (c.function) {
    case Function::decide:
      return write_decide(c.request, 20);
    case Function::outcome:
      return write_outcome(c.outcome, 20);
    case Function::step:
      return write_step(c.session, c.state, c.event, 20);
    case Function::frame:
      return write_frame(c.input, 20);
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto call = read_call({reinterpret_cast<const char*>(data), size});
  if (!call) {
    check(call.error().code == "malformed" && call.error().text.size() < 512);
    return 0;
  }
  const std::string once = write(**call);
  check(static_cast<bool>(json::parse(once)));
  const auto again = read_call(once);
  check(static_cast<bool>(again));
  check(write(**again) == once);
  return 0;
}
