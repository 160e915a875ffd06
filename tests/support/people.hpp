// tests/support/people.hpp - customers and agents as their browsers would speak: API calls and one
// WebSocket each.
#pragma once

#include <optional>
#include <string>

#include "tests/support/http.hpp"
#include "tests/support/site.hpp"
#include "tests/support/websocket.hpp"

namespace convene::test {

/// A customer with one browser profile.
class Customer {
 public:
  explicit Customer(const Site& site);

  /// Books `flow`; the identifier is kept in `id` (query mode) and the page in `page`.
  Response book(const std::string& flow, const json::object& context = {}, json::object more = {});
  /// Returns an identifier on a socket: true once `joined` came, with the details in `details`.
  bool come_back(const std::string& identifier);
  bool come_back() { return come_back(id); }
  /// Asks to talk now and opens the leg.
  bool talk_now(const std::string& flow, const json::object& context = {});
  /// Comes back after a reload, by the session cookie.
  bool resume();
  /// Waits until the leg is connected.
  bool connected(Millis patience = kPatience);
  bool say(const std::string& text);
  /// Waits for a chat entry with this text.
  bool hears(const std::string& text, Millis patience = kPatience);
  std::int64_t leg() const { return leg_; }
  std::int64_t session() const { return session_; }

  HttpClient http;
  WebSocket socket;
  std::string id;
  std::string page;
  json::value details;
  std::string refusal;  ///< Code of the last refusal.

 private:
  bool open_leg(const json::value& connect_details);
  void note(const json::value& joined_details);

  std::string origin_;
  std::int64_t leg_ = 0;
  std::int64_t session_ = 0;
};

/// An agent with a desk.
class Desk {
 public:
  Desk(const Site& site, std::string agent);

  /// Signs in, opens the desk's socket, waits for `attached` and takes the agent's state to ready.
  bool open(bool ready = true);
  bool set_state(const std::string& state);
  /// The next offer's number, or 0 when none came in time.
  std::int64_t offer(Millis patience = kPatience);
  bool answer(std::int64_t offer, bool accepts);
  /// Waits for an offer, accepts it, and connects its leg to the session.
  bool take(Millis patience = kPatience);
  /// Connects a leg that it was invited to: waits for `details`.
  bool join(Millis patience = kPatience);
  /// Opens the socket again, as after a reload.
  bool reload();
  bool say(const std::string& text);
  bool hears(const std::string& text, Millis patience = kPatience);
  std::int64_t leg() const { return leg_; }
  std::int64_t session() const { return session_; }

  HttpClient http;
  WebSocket socket;
  json::value attached;
  json::value invitation;  ///< The last `details` message.
  json::value last_offer;
  bool opens = false;  ///< Asks the gateway to open conversations at once, as the desk's page does.

 private:
  bool connect(const json::value& connect_details);

  std::string origin_;
  std::string agent_;
  std::int64_t leg_ = 0;
  std::int64_t opened_leg_ = 0;  ///< By the gateway, while an answer was waited for.
  std::int64_t session_ = 0;
};

}  // namespace convene::test
