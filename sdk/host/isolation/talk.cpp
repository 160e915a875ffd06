// sdk/host/isolation/talk.cpp - a window of a second, a line of bounded length.
#include "sdk/host/isolation/talk.hpp"

#include "sdk/host/meter.hpp"

namespace convene::isolation {
namespace {

constexpr std::size_t kLineMax = 1000;

}  // namespace

bool Talk::count(Millis now) {
  if (now - second_ >= Millis{1000}) {
    if (lines_ > kLinesASecond) {
      log_(2, "plugin.host_talks",
           "said " + std::to_string(lines_ - kLinesASecond) +
               " lines more than a hundred within a second; they are dropped");
    }
    second_ = now;
    lines_ = 0;
  }
  return ++lines_ <= kLinesASecond;
}

bool Talk::say(Millis now, int level, std::string_view id, std::string_view message) {
  if (count(now)) log_(level, id, message);
  return lines_ <= kFlood;
}

bool Talk::print(Millis now, std::string_view bytes) {
  for (const char c : bytes) {
    if (c != '\n' && line_.size() < kLineMax) line_ += c;
    if (c != '\n' || line_.empty()) continue;
    last_line_ = presentable(line_, kLineMax);
    line_.clear();
    if (!say(now, 1, "plugin.host_prints", last_line_)) return false;
  }
  return true;
}

}  // namespace convene::isolation
