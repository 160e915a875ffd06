// core/sim/fields.hpp - every field of every input and output by name: for the history's hash and for reading it.
#pragma once

#include <string>
#include <string_view>

#include "core/model/input.hpp"
#include "core/model/output.hpp"

namespace convene::sim {

// One line per type: its name, then each field with its own. `f(name, value)` takes numbers, texts, hashes, times.
// clang-format off
template <class F> void fields(const input::Book& x, F&& f) { f.type("book"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("idempotency", x.idempotency); f("flow", x.flow); f("context", x.context); f("due", x.due); f("agent", x.agent); f("continues", x.continues); f("continues_leg", x.continues_leg); f("carriage", x.carriage); }
template <class F> void fields(const input::Return& x, F&& f) { f.type("return"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("token", x.token); }
template <class F> void fields(const input::Start& x, F&& f) { f.type("start"); f("request", x.request); f("peer", x.peer); f("flow", x.flow); f("context", x.context); f("token", x.token); }
template <class F> void fields(const input::Resume& x, F&& f) { f.type("resume"); f("request", x.request); f("peer", x.peer); f("token", x.token); }
template <class F> void fields(const input::Look& x, F&& f) { f.type("look"); f("request", x.request); f("peer", x.peer); f("key", x.key); }
template <class F> void fields(const input::Retime& x, F&& f) { f.type("retime"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("due", x.due); }
template <class F> void fields(const input::Cancel& x, F&& f) { f.type("cancel"); f("request", x.request); f("peer", x.peer); f("key", x.key); }
template <class F> void fields(const input::LegReport& x, F&& f) { f.type("leg_report"); f("peer", x.peer); f("leg", x.leg); f("seq", x.seq); f("ack", x.ack); f("epoch", x.epoch); f("state", x.state); f("channels", x.channels); f("reason", x.reason); }
template <class F> void fields(const input::LegRequest& x, F&& f) { f.type("leg_request"); f("request", x.request); f("peer", x.peer); f("leg", x.leg); f("name", x.name); f("detail", x.detail); }
template <class F> void fields(const input::Attach& x, F&& f) { f.type("attach"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); }
template <class F> void fields(const input::Detach& x, F&& f) { f.type("detach"); f("peer", x.peer); f("agent", x.agent); }
template <class F> void fields(const input::AgentSays& x, F&& f) { f.type("agent_says"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); f("state", x.state); }
template <class F> void fields(const input::OfferAnswer& x, F&& f) { f.type("offer_answer"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); f("offer", x.offer); f("accepts", x.accepts); }
template <class F> void fields(const input::PeerUp& x, F&& f) { f.type("peer_up"); f("peer", x.peer); f("name", x.name); f("gateway", x.gateway); f("switch", x.switch_connects); }
template <class F> void fields(const input::PeerDown& x, F&& f) { f.type("peer_down"); f("peer", x.peer); }
template <class F> void fields(const input::AdapterReply& x, F&& f) { f.type("adapter_reply"); f("peer", x.peer); f("token", x.token); f("ok", x.ok); f("body", x.body); }
template <class F> void fields(const input::Loaded& x, F&& f) { f.type("loaded"); f("token", x.token); }
template <class F> void fields(const input::LoadedDue& x, F&& f) { f.type("loaded_due"); f("next", x.next); }
template <class F> void fields(const input::ClockStep& x, F&& f) { f.type("clock_step"); f("offset", x.offset); }
template <class F> void fields(const input::Tick&, F&& f) { f.type("tick"); }

template <class F> void fields(const output::Details& x, F&& f) { f("session", x.session); f("leg", x.leg); f("role", x.role); f("gateway", x.gateway); f("ticket", x.ticket.leg); f("epoch", x.ticket.epoch); f("expires", x.expires); f("channels", x.channels); f("flow", x.flow); }
template <class F> void fields(const output::Booked& x, F&& f) { f.type("booked"); f("key", x.key); f("flow", x.flow); f("due", x.due); f("expires", x.expires); f("agent", x.agent); f("carriage", x.carriage); }
template <class F> void fields(const output::Joined& x, F&& f) { f.type("joined"); fields(x.details, f); f("resumed", x.resumed); f("state", x.state); }
template <class F> void fields(const output::Found& x, F&& f) { f.type("found"); fields(x.booking, f); f("state", x.state); f("end", x.end); }
template <class F> void fields(const output::OfferView& x, F&& f) { f("offer", x.offer); f("session", x.session); f("flow", x.flow); f("context", x.context); f("deadline", x.deadline); f("waiting_since", x.waiting_since); }
template <class F> void fields(const output::Attached& x, F&& f) { f.type("attached"); f("agent", x.agent); f("name", x.name); f("state", x.state); for (const auto& o : x.offers) fields(o, f); for (const auto& s : x.sessions) { fields(s.details, f); f("context", s.context); for (const auto& r : s.roster) { f("leg", r.leg); f("state", r.state); } } }
template <class F> void fields(const output::Accepted&, F&& f) { f.type("accepted"); }
template <class F> void fields(const output::Refused& x, F&& f) { f.type("refused"); f("code", x.code); f("retry_after", x.retry_after); }
template <class F> void fields(const output::Answer& x, F&& f) { f.type("answer"); f("request", x.request); f("peer", x.peer); std::visit([&](const auto& body) { fields(body, f); }, x.body); }
template <class F> void fields(const output::LegOrder& x, F&& f) { f.type("leg_order"); f("peer", x.peer); f("leg", x.leg); f("seq", x.seq); f("ack", x.ack); f("join", x.join); f("endpoint", x.endpoint); f("reason", x.reason); fields(x.details, f); }
template <class F> void fields(const output::Notice& x, F&& f) { f.type("notice"); f("peer", x.peer); f("session", x.session); f("leg", x.leg); f("name", x.name); f("detail", x.detail); }
template <class F> void fields(const output::OfferMade& x, F&& f) { f.type("offer_made"); f("peer", x.peer); f("agent", x.agent); fields(x.offer, f); }
template <class F> void fields(const output::OfferEnded& x, F&& f) { f.type("offer_ended"); f("peer", x.peer); f("agent", x.agent); f("offer", x.offer); f("state", x.state); }
template <class F> void fields(const output::AgentChanged& x, F&& f) { f.type("agent_changed"); f("peer", x.peer); f("agent", x.agent); f("state", x.state); }
template <class F> void fields(const output::Ask& x, F&& f) { f.type("ask"); f("peer", x.peer); f("token", x.token); f("name", x.name); f("body", x.body); f("deadline", x.deadline); }
template <class F> void fields(const output::Publish& x, F&& f) { f.type("publish"); f("topic", x.topic); f("body", x.body); }
// clang-format on

/// Appends all fields as bytes, each text with its length, so that no two different things read alike.
class BytesOf {
 public:
  explicit BytesOf(std::string& out) : out_(out) {}
  void type(std::string_view name) { text(name); }
  template <class T>
  void operator()(const char*, const T& value) {
    put(value);
  }

 private:
  void number(std::uint64_t n) {
    for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>(n >> (8 * i)));
  }
  void text(std::string_view t) {
    number(t.size());
    out_.append(t);
  }
  template <class Tag>
  void put(const Id<Tag>& id) { number(id.value); }
  void put(const Hash& h) { out_.append(reinterpret_cast<const char*>(h.bytes.data()), h.bytes.size()); }
  void put(const std::string& t) { text(t); }
  void put(Time t) { number(static_cast<std::uint64_t>(to_ms(t))); }
  void put(Duration d) { number(static_cast<std::uint64_t>(d.count())); }
  void put(const std::vector<std::string>& list) {
    number(list.size());
    for (const auto& t : list) text(t);
  }
  template <class T>
  void put(const std::optional<T>& o) {
    number(o ? 1 : 0);
    if (o) put(*o);
  }
  template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
  void put(T value) { number(static_cast<std::uint64_t>(value)); }

  std::string& out_;
};

/// Writes all fields that say something as text: " name=value".
class TextOf {
 public:
  explicit TextOf(std::string& out) : out_(out) {}
  void type(std::string_view name) { (out_ += ' ') += name; }
  template <class T>
  void operator()(const char* name, const T& value) {
    std::string text = show(value);
    if (text.empty() || text == "0") return;
    ((out_ += ' ') += name) += '=';
    out_ += text;
  }

 private:
  template <class Tag>
  static std::string show(const Id<Tag>& id) { return std::to_string(id.value); }
  static std::string show(const Hash& h) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    if (h) {
      for (std::size_t i = 0; i < 4; ++i) (out += kDigits[h.bytes[i] >> 4]) += kDigits[h.bytes[i] & 15];
    }
    return out;
  }
  static std::string show(const std::string& t) { return t; }
  static std::string show(Time t) { return std::to_string(to_ms(t)); }
  static std::string show(Duration d) { return std::to_string(d.count()); }
  static std::string show(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& t : list) (out += out.empty() ? "" : ",") += t;
    return out;
  }
  template <class T>
  static std::string show(const std::optional<T>& o) { return o ? show(*o) : std::string(); }
  template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
  static std::string show(T value) { return std::to_string(static_cast<std::uint64_t>(value)); }

  std::string& out_;
};

}  // namespace convene::sim
