// adapters/web/socket_protocol.cpp - one table decides who may say what; then each message has its few lines.
#include "adapters/web/socket_protocol.hpp"

#include <algorithm>
#include <array>

#include "adapters/web/cookie.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/target.hpp"

namespace convene::web {
namespace {

constexpr std::uint8_t kNobody = 1, kCustomer = 2, kDesk = 4;

constexpr std::array kRules = {
    MessageRule{"frame", kCustomer | kDesk, true},
    MessageRule{"connect", kNobody | kCustomer | kDesk, false},
    MessageRule{"return", kNobody, false},
    MessageRule{"resume", kNobody, false},
    MessageRule{"desk", kNobody, false},
    MessageRule{"channels", kCustomer | kDesk, true},
    MessageRule{"leave", kCustomer | kDesk, true},
    MessageRule{"ask", kCustomer | kDesk, true},
    MessageRule{"continue", kCustomer | kDesk, true},
    MessageRule{"state", kDesk, false},
    MessageRule{"answer", kDesk, false},
    MessageRule{"ping", kCustomer | kDesk, false},
};

constexpr std::uint32_t kStrikesMax =
    200;  ///< Refused messages after which a socket is not worth its keep.
constexpr std::int64_t kLastWordsMs =
    100;  ///< What was asked with the last message is still answered.
constexpr std::string_view kPong = R"({"t":"pong"})";

/// A ref is a number; anything else is left out of the answer.
std::string_view ref_of(const JsonObject& m) {
  const auto ref = m.raw("ref");
  return m.integer("ref") ? ref : std::string_view{};
}

std::optional<std::vector<std::string>> channels_of(const JsonObject& m) {
  return m.has("channels") ? json_texts(m.raw("channels"), 16) : std::nullopt;
}

Have have_of(const JsonObject& m) {
  Have have;
  if (const auto o = m.object("have"))
    for (std::size_t i = 0; i < o->size(); ++i)
      have[std::string(o->key_at(i))] = o->number_or(o->key_at(i));
  return have;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::span<const MessageRule> message_rules() { return kRules; }

SocketProtocol::SocketProtocol(Gateway& gateway, SocketOrigin origin)
    : gateway_(gateway),
      origin_(std::move(origin)),
      bucket_(gateway.settings().customer_messages),
      opened_ms_(gateway.clocks.steady_ms()) {}

void SocketProtocol::seat(std::uint64_t leg, std::shared_ptr<Media> media) {
  const std::lock_guard lock(mutex_);
  std::erase_if(seats_, [leg](const auto& s) { return s.first == leg; });
  if (media) seats_.emplace_back(leg, std::move(media));
  unseated_ms_ = seats_.empty() ? gateway_.clocks.steady_ms() : 0;
}

bool SocketProtocol::over(std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  return who_ == Who::customer && unseated_ms_ != 0 && now_ms - unseated_ms_ >= kLastWordsMs;
}

std::shared_ptr<Media> SocketProtocol::media_of(std::uint64_t leg) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, media] : seats_)
    if (id == leg) return media;
  return nullptr;
}

void SocketProtocol::refuse(const OutletPtr& self, std::string_view ref, std::string_view code,
                            std::string_view text) {
  gateway_.metrics.refused.fetch_add(1, std::memory_order_relaxed);
  if (++strikes_ > kStrikesMax)
    return self->bye("too_many_errors", "Too much of what came here was refused.");
  JsonOut out;
  out.put("t", "refused");
  if (!ref.empty()) out.raw("ref", ref);
  self->send(out.put("code", code).put("text", text).done());
}

void SocketProtocol::message(const OutletPtr& self, std::string_view text) {
  gateway_.metrics.messages_in.fetch_add(1, std::memory_order_relaxed);
  const auto m = JsonObject::parse(text);
  if (!m) return refuse(self, "", "malformed", "This is no JSON object that could be understood.");
  const std::string_view type = m->raw("t"), ref = ref_of(*m);
  const bool in_time = bucket_.take(gateway_.clocks.steady_ms());
  if (!in_time)
    return refuse(self, ref, "too_fast", "That is more than a person can say: slow down.");
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [type](const MessageRule& r) {
    return type.size() == r.type.size() + 2 && type.substr(1, r.type.size()) == r.type &&
           type.front() == '"';
  });
  if (rule == kRules.end())
    return refuse(self, ref, "unknown_message", "This message is not known here.");
  if ((rule->allowed & static_cast<std::uint8_t>(who_)) == 0)
    return refuse(self, ref, "not_allowed", "This connection may not say that.");
  std::shared_ptr<Media> media;
  if (rule->of_leg && !(media = media_of(m->number_or("leg"))))
    return refuse(self, ref, "not_allowed", "This leg is not open on this connection.");
  if (rule->type == "frame") return frame(self, *m, *media);
  dispatch(self, *rule, *m);
}

void SocketProtocol::frame(const OutletPtr& self, const JsonObject& m, Media& media) {
  const auto channel = m.raw("ch"), body = m.raw("body"), ref = ref_of(m);
  if (channel.size() < 3 || channel.front() != '"' || body.empty())
    return refuse(self, ref, "malformed", "A frame has leg, ch and body.");
  const FrameAnswer answer = media.frame(m.number_or("leg"), channel.substr(1, channel.size() - 2),
                                         body, gateway_.clocks.wall_ms());
  if (!answer.code.empty()) return refuse(self, ref, answer.code, answer.text);
  if (ref.empty()) return;
  std::string ok = R"({"t":"ok","ref":)";
  ok.append(ref).append("}");
  self->send(std::move(ok));
}

void SocketProtocol::dispatch(const OutletPtr& self, const MessageRule& rule, const JsonObject& m) {
  if (rule.type == "ping") return self->send(std::string(kPong));

  Gateway& g = gateway_;
  From from{self, agent_, std::string(ref_of(m))};
  const std::uint64_t leg = m.number_or("leg");
  if (rule.type == "connect") {
    auto channels = channels_of(m);
    if (m.number_or("protocol", 1) != 1)
      return refuse(self, from.ref, "protocol_unsupported",
                    "This gateway speaks protocol 1: load the page again.");
    if (!channels || !m.text("ticket"))
      return refuse(self, from.ref, "malformed", "Connect with a ticket and channels.");
    if (who_ == Who::nobody) who_ = Who::customer;
    origin_.cookie = std::string();
    return g.post_lane([&g, from, ticket = m.text_or("ticket"), channels = *std::move(channels),
                        have = have_of(m)] { g.hub.connect(from, ticket, channels, have); });
  }
  if (rule.type == "return") return first_return(std::move(from), m);
  if (rule.type == "resume") return first_resume(std::move(from), m);
  if (rule.type == "desk") {
    const auto pass = g.signed_in(origin_.cookie);
    if (!pass) return self->bye("signed_out", "Sign in first.");
    agent_ = pass->agent;
    pass_until_ms_ = pass->expires_ms;
    origin_.cookie = std::string();
    who_ = Who::desk;
    bucket_ = Bucket(g.settings().agent_messages);
    from.agent = agent_;
    return g.post_lane(
        [&g, from, opens = m.boolean("opens").value_or(false)] { g.hub.desk(from, opens); });
  }
  if (rule.type == "channels") {
    auto channels = channels_of(m);
    if (!channels) return refuse(self, from.ref, "malformed", "Say which channels.");
    return g.post_lane([&g, from, leg, channels = *std::move(channels)] {
      g.hub.set_channels(from, leg, channels);
    });
  }
  if (rule.type == "leave") return g.post_lane([&g, from, leg] { g.hub.leave(from, leg); });
  if (rule.type == "ask") {
    const std::string name = m.text_or("name");
    const std::string_view detail = m.has("detail") ? m.raw("detail") : "{}";
    if (!is_word(name) || detail.front() != '{' || detail.size() > 8192)
      return refuse(self, from.ref, "malformed", "Ask with a name and, where needed, a detail.");
    return g.post_lane([&g, from, leg, name, detail = std::string(detail)] {
      g.hub.ask(from, leg, name, detail);
    });
  }
  if (rule.type == "continue")
    return g.post_lane([&g, from, leg] { g.hub.continue_later(from, leg); });
  if (rule.type == "state") {
    const std::string state = m.text_or("state");
    if (state != "ready" && state != "paused")
      return refuse(self, from.ref, "malformed", "Ready or paused.");
    return g.post_lane([&g, from, state] { g.hub.agent_state(from, state); });
  }
  const auto accepts = m.boolean("accepts");  // "answer" is what is left.
  if (!accepts || m.number_or("offer") == 0)
    return refuse(self, from.ref, "malformed", "Answer with offer and accepts.");
  g.post_lane([&g, from, offer = m.number_or("offer"), accepts = *accepts] {
    g.hub.answer_offer(from, offer, accepts);
  });
}

void SocketProtocol::first_return(From from, const JsonObject& m) {
  Gateway& g = gateway_;
  const std::string id = m.text_or("id");
  const bool throttled = g.throttled(origin_.network);
  if (throttled)
    return from.outlet->bye("too_many_misses", "Too many unknown identifiers came from here.");
  who_ = Who::customer;
  origin_.cookie = std::string();
  const auto unknown = [&g, from, network = origin_.network] {
    g.missed(network);
    from.outlet->bye("unknown_identifier", "There is no rendezvous behind this, or not any more.");
  };
  if (!is_secret(id)) return unknown();
  const auto channels = channels_of(m);
  g.ask("return", JsonOut().put("id", id).done(),
        [&g, from, unknown, channels, have = have_of(m)](CoreReply reply) {
          if (reply.ok) return g.hub.join(from, reply.body, channels ? &*channels : nullptr, have);
          if (reply.code == "unknown_identifier") return unknown();
          from.outlet->bye(reply.code, reply.text);
        });
}

void SocketProtocol::first_resume(From from, const JsonObject& m) {
  Gateway& g = gateway_;
  const std::string seat = m.text_or("seat");
  const auto token = seat.empty() || is_page_name(seat)
                         ? find_cookie(origin_.cookie, session_cookie(seat))
                         : std::nullopt;
  if (!token || !is_secret(*token))
    return from.outlet->bye("ended", "This browser holds no session.");
  who_ = Who::customer;
  const std::string body = JsonOut().put("token", *token).done();
  origin_.cookie = std::string();
  const auto channels = channels_of(m);
  g.ask("resume", body, [&g, from, channels, have = have_of(m)](CoreReply reply) {
    if (reply.ok) return g.hub.join(from, reply.body, channels ? &*channels : nullptr, have);
    from.outlet->bye(
        reply.code == "no_session" || reply.code == "unknown_identifier" ? "ended" : reply.code,
        reply.text);
  });
}

}  // namespace convene::web
