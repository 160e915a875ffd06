// adapters/web/outlet.hpp - the way to one browser, as everything but its socket sees it.
#pragma once

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace convene::web {

/// The beginning of a message that differs from receiver to receiver: short, and kept in place.
class Head {
 public:
  Head() = default;
  Head& operator<<(std::string_view text) {
    const std::size_t n = std::min(text.size(), sizeof bytes_ - size_);
    assert(n == text.size());
    std::copy_n(text.data(), n, bytes_ + size_);
    size_ = static_cast<std::uint8_t>(size_ + n);
    return *this;
  }
  Head& operator<<(std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  char bytes_[63];  ///< The longest there is: the head of an entry, with a number of 20 digits.
  std::uint8_t size_ = 0;
};

/// A message on its way to a browser: a beginning of its own and a tail that it shares with other receivers, so that
/// what goes to many is written once.
struct Parcel {
  explicit Parcel(std::string whole) : text(std::move(whole)) {}
  Parcel(Head beginning, std::shared_ptr<const std::string> shared)
      : head(beginning), tail(std::move(shared)) {}

  std::string text;  ///< Without a tail: all of it.
  Head head;
  std::shared_ptr<const std::string> tail;

  std::string_view first() const { return tail ? head.view() : std::string_view(text); }
  std::string_view second() const { return tail ? std::string_view(*tail) : std::string_view(); }
  std::size_t size() const { return first().size() + second().size(); }
};

class Outlet {
 public:
  virtual ~Outlet() = default;
  /// [any] Sends one text message, in the order of the calls. Never blocks; a browser that does not read is cut off.
  virtual void send(Parcel parcel) = 0;
  /// [any] Says `bye` and closes.
  virtual void bye(std::string_view code, std::string_view text) = 0;
  /// [any] Nobody reads any more: whoever would have to be told has been told, or is about to be.
  virtual bool gone() const { return false; }
  /// [any] The leg is (with media) or is no longer (null) open on this socket: its frames go there directly.
  virtual void seat(std::uint64_t leg, std::shared_ptr<class Media> media) = 0;

  void send(std::string text) { send(Parcel(std::move(text))); }

  /// [any] What is sent between the two goes out together.
  virtual void hold() {}
  virtual void let_go() {}
};

using OutletPtr = std::shared_ptr<Outlet>;

/// Messages that belong together: the kernel and the browser are woken once for all that is sent meanwhile.
class Together {
 public:
  explicit Together(OutletPtr outlet) : outlet_(std::move(outlet)) { outlet_->hold(); }
  ~Together() { outlet_->let_go(); }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

 private:
  OutletPtr outlet_;
};

}  // namespace convene::web
