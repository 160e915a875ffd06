// adapters/web/outlet.hpp - the way to one browser, as everything but its socket sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace convene::web {

/// A message on its way to a browser: a head of its own and a tail that it shares with other receivers, so that what
/// goes to many is written once.
struct Parcel {
  std::string head;
  std::shared_ptr<const std::string> tail;  ///< May be null.

  std::size_t size() const { return head.size() + (tail ? tail->size() : 0); }
};

class Outlet {
 public:
  virtual ~Outlet() = default;
  /// [any] Sends one text message, in the order of the calls. Never blocks; a browser that does not read is cut off.
  virtual void send(Parcel parcel) = 0;
  /// [any] Says `bye` and closes.
  virtual void bye(std::string_view code, std::string_view text) = 0;
  /// [any] The leg is (with media) or is no longer (null) open on this socket: its frames go there directly.
  virtual void seat(std::uint64_t leg, std::shared_ptr<class Media> media) = 0;

  void send(std::string text) { send(Parcel{std::move(text), nullptr}); }
};

using OutletPtr = std::shared_ptr<Outlet>;

}  // namespace convene::web
