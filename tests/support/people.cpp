// tests/support/people.cpp - what the browsers of customers and agents say, step by step.
#include "tests/support/people.hpp"

namespace convene::test {
namespace {

Headers from(const std::string& origin) { return {{"Origin", origin}, {"Convene-Client", "1"}}; }

WebSocket open_socket(const HttpClient& http, const std::string& origin) {
  Headers headers = {{"Origin", origin}};
  if (!http.cookie_header().empty()) headers.emplace_back("Cookie", http.cookie_header());
  return WebSocket::open(http.port(), "/api/v1/leg", headers);
}

json::value connect_message(const json::value& details) {
  const json::value* channels = find_at(details, "/channels");
  return {{"t", "connect"},
          {"ticket", text_at(details, "/ticket")},
          {"channels", channels == nullptr ? json::value(json::array()) : *channels},
          {"protocol", number_at(details, "/protocol", 1)}};
}

bool say_on(WebSocket& socket, std::int64_t leg, const std::string& text) {
  return socket.send(
      {{"t", "frame"}, {"leg", leg}, {"ch", "chat"}, {"body", {{"text", text}}}, {"ref", 1}});
}

bool hear_on(WebSocket& socket, const std::string& text, Millis patience) {
  const auto is_it = [&](const json::value& message) {
    return text_at(message, "/t") == "entry" && text_at(message, "/body/text") == text;
  };
  return socket.wait(is_it, patience).has_value();
}

}  // namespace

Customer::Customer(const Site& site) : http(site.port()), origin_(site.origin()) {}

Response Customer::book(const std::string& flow, const json::object& context, json::object more) {
  more["flow"] = flow;
  more["context"] = context;
  Response response = http.post("/api/v1/rendezvous", more, from(origin_));
  id = response.text("/id");
  page = response.text("/page");
  return response;
}

void Customer::note(const json::value& joined_details) {
  details = joined_details;
  leg_ = number_at(details, "/leg");
  session_ = number_at(details, "/session");
}

bool Customer::come_back(const std::string& identifier) {
  const Response response = http.request("POST", "/api/v1/rendezvous/return", "{}",
                                         {{"Origin", origin_},
                                          {"Convene-Client", "1"},
                                          {"Content-Type", "application/json"},
                                          {"Authorization", "Rendezvous " + identifier}});
  refusal = response.code();
  return response.status == 200 && open_leg(response.parsed().at("details"));
}

bool Customer::talk_now(const std::string& flow, const json::object& context) {
  const Response response = http.post(
      "/api/v1/sessions", json::object{{"flow", flow}, {"context", context}}, from(origin_));
  refusal = response.code();
  return response.status == 201 && open_leg(response.parsed().at("details"));
}

bool Customer::resume() {
  socket.cut();
  const Response response = http.post("/api/v1/sessions/resume", json::object{}, from(origin_));
  refusal = response.code();
  return response.status == 200 && open_leg(response.parsed().at("details"));
}

bool Customer::open_leg(const json::value& connect_details) {
  note(connect_details);
  socket = open_socket(http, origin_);
  return socket.status() == 101 && socket.send(connect_message(details));
}

bool Customer::connected(Millis patience) { return socket.wait("connected", patience).has_value(); }

bool Customer::say(const std::string& text) { return say_on(socket, leg_, text); }
bool Customer::hears(const std::string& text, Millis patience) {
  return hear_on(socket, text, patience);
}

Desk::Desk(const Site& site, std::string agent)
    : http(site.port()), origin_(site.origin()), agent_(std::move(agent)) {}

bool Desk::open(bool ready) {
  const Response response =
      http.post("/api/v1/desk/sign-in", json::object{{"agent", agent_}, {"password", kPassword}},
                from(origin_));
  if (response.status >= 300 || response.status < 200) return false;
  return reload() && (!ready || set_state("ready"));
}

bool Desk::reload() {
  socket.cut();
  opened_leg_ = 0;
  socket = open_socket(http, origin_);
  if (socket.status() != 101 || !socket.send({{"t", "desk"}, {"opens", opens}})) return false;
  const auto message = socket.wait("attached");
  if (message) attached = *message;
  return message.has_value();
}

bool Desk::set_state(const std::string& state) {
  const auto settled = [&](const json::value& message) {
    const std::string type = text_at(message, "/t");
    return (type == "agent" && text_at(message, "/state") == state) ||
           (type == "ok" && number_at(message, "/ref") == 7);
  };
  return socket.send({{"t", "state"}, {"state", state}, {"ref", 7}}) &&
         socket.wait(settled).has_value();
}

std::int64_t Desk::offer(Millis patience) {
  const auto message = socket.wait("offer", patience);
  if (!message) return 0;
  last_offer = *message;
  return number_at(*message, "/offer");
}

bool Desk::answer(std::int64_t offer, bool accepts) {
  const auto answered = [&](const json::value& message) {
    return number_at(message, "/ref") == offer;
  };
  const json::value answer = {
      {"t", "answer"}, {"offer", offer}, {"accepts", accepts}, {"ref", offer}};
  if (!socket.send(answer)) return false;
  // The invitation, and what opens it, may come before the answer's receipt: they are kept for `join`.
  invitation = nullptr;
  opened_leg_ = 0;
  const auto reply = socket.wait([&](const json::value& message) {
    if (text_at(message, "/t") == "details") invitation = message;
    if (text_at(message, "/t") == "connected") opened_leg_ = number_at(message, "/leg");
    return answered(message);
  });
  return reply && text_at(*reply, "/t") == "ok";
}

bool Desk::take(Millis patience) {
  const std::int64_t number = offer(patience);
  return number != 0 && answer(number, true) && join(patience);
}

bool Desk::join(Millis patience) {
  if (invitation.is_null()) {
    const auto message = socket.wait("details", patience);
    if (!message) return false;
    invitation = *message;
  }
  return connect(invitation.at("details"));
}

bool Desk::connect(const json::value& connect_details) {
  leg_ = number_at(connect_details, "/leg");
  session_ = number_at(connect_details, "/session");
  if (opened_leg_ == leg_) return true;
  const json::value* opened = find_at(invitation, "/opened");
  const bool is_opened = opened != nullptr && opened->is_bool() && opened->as_bool();
  const auto connected = [this](const json::value& message) {
    return text_at(message, "/t") == "connected" && number_at(message, "/leg") == leg_;
  };
  return (is_opened || socket.send(connect_message(connect_details))) &&
         socket.wait(connected).has_value();
}

bool Desk::say(const std::string& text) { return say_on(socket, leg_, text); }
bool Desk::hears(const std::string& text, Millis patience) {
  return hear_on(socket, text, patience);
}

}  // namespace convene::test
