// core/runtime/translate_out.cpp - the engine's outputs as bodies of messages.
#include "core/engine/words.hpp"
#include "core/runtime/bus_server.hpp"
#include "core/runtime/translate.hpp"
#include "sdk/bus/frame.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr int kBrowserProtocol = 1;

std::string_view name_of_carriage(Carriage carriage) {
  constexpr std::string_view kNames[] = {"", "query", "cookie", "api"};
  return kNames[static_cast<std::size_t>(carriage)];
}

/// The service's own JSON; nothing of it is trusted to be there.
std::string_view or_empty_object(std::string_view json) { return json.empty() ? "{}" : json; }

std::string roster(const std::vector<output::RosterEntry>& entries) {
  bus::JsonText text;
  text.open_array();
  for (const auto& entry : entries) {
    text.open().key("leg").number(entry.leg.value).key("role").number(static_cast<int>(entry.role));
    text.key("state").text(name_of(entry.state));
    if (!entry.name.empty()) text.key("name").text(entry.name);
    text.key("channels").texts(entry.channels).close();
  }
  return text.close_array().take();
}

}  // namespace

std::string Outgoing::details(const output::Details& details) const {
  bus::JsonText text;
  text.open().key("session").number(details.session.value).key("leg").number(details.leg.value);
  text.key("role").number(static_cast<int>(details.role)).key("gateway").text(details.gateway);
  text.key("epoch")
      .number(details.ticket.epoch)
      .key("ticket")
      .text(secrets_.ticket(details.ticket));
  text.key("expires_ms").number(wall_ms(details.expires)).key("channels").texts(details.channels);
  text.key("flow").text(details.flow).key("protocol").number(kBrowserProtocol);
  return text.close().take();
}

std::string Outgoing::booked(const output::Booked& booked, std::string_view secret) const {
  bus::JsonText text;
  text.open();
  if (!secret.empty() && hash_of(secret) == booked.key) text.key("id").text(secret);
  text.key("flow").text(booked.flow);
  if (booked.due) text.key("due_ms").number(to_ms(*booked.due));  // wall time already
  text.key("expires_ms").number(to_ms(booked.expires));
  if (!booked.agent.empty()) text.key("agent").text(booked.agent);
  text.key("carriage").text(name_of_carriage(booked.carriage));
  return text.close().take();
}

std::string Outgoing::offer_members(const std::string& agent, const output::OfferView& offer,
                                    bool answered) const {
  bus::JsonText text;
  text.open().key("agent").text(agent).key("offer").number(offer.offer.value);
  text.key("session").number(offer.session.value).key("flow").text(offer.flow);
  text.key("context")
      .raw(or_empty_object(offer.context))
      .key("deadline_ms")
      .number(wall_ms(offer.deadline));
  text.key("waiting_since_ms")
      .number(wall_ms(offer.waiting_since))
      .key("now_ms")
      .number(wall_ms(now_));
  if (answered) text.key("answered").boolean(true);
  return text.close().take();
}

std::string Outgoing::reply(const output::Body& body, std::string_view secret) const {
  struct Visitor {
    const Outgoing& out;
    std::string_view secret;

    std::string operator()(const output::Booked& b) const { return success(out.booked(b, secret)); }
    std::string operator()(const output::Joined& joined) const {
      bus::JsonText text;
      text.open();
      if (!secret.empty()) text.key("token").text(secret);
      text.key("resumed")
          .boolean(joined.resumed)
          .key("details")
          .raw(out.details(joined.details))
          .close();
      return success(text.view());
    }
    std::string operator()(const output::Found& found) const {
      std::string text = out.booked(found.booking, {});
      bus::JsonText more;
      more.open().key("state").text(name_of(found.state));
      if (found.end != End::none) more.key("end").text(name_of(found.end));
      text.back() = ',';
      return success(text + more.close().take().substr(1));
    }
    std::string operator()(const output::Attached& attached) const {
      bus::JsonText text;
      text.open().key("agent").text(attached.agent).key("name").text(attached.name);
      text.key("state").text(name_of(attached.state));
      if (!attached.reason.empty()) text.key("reason").text(attached.reason);
      text.key("offers").open_array();
      for (const auto& offer : attached.offers) text.raw(out.offer_members(attached.agent, offer));
      text.close_array().key("sessions").open_array();
      for (const auto& session : attached.sessions) {
        text.open().key("details").raw(out.details(session.details));
        text.key("context")
            .raw(or_empty_object(session.context))
            .key("roster")
            .raw(roster(session.roster))
            .close();
      }
      return success(text.close_array().close().view());
    }
    std::string operator()(const output::Accepted&) const { return success("{}"); }
    std::string operator()(const output::Refused& refused) const {
      return refusal(refused.code, refused.text, refused.retry_after.count());
    }
  };
  return std::visit(Visitor{*this, secret}, body);
}

std::string Outgoing::leg(const output::LegOrder& order) const {
  bus::JsonText text;
  text.open()
      .key("leg")
      .number(order.leg.value)
      .key("seq")
      .number(order.seq)
      .key("ack")
      .number(order.ack);
  text.key("join").boolean(order.join);
  if (order.join && order.seq != 0)
    text.key("endpoint").text(order.endpoint).key("details").raw(details(order.details));
  if (!order.join) text.key("reason").text(order.reason);
  return text.close().take();
}

std::string Outgoing::offer(const output::OfferMade& made) const {
  return offer_members(made.agent, made.offer, made.answered);
}

std::string Outgoing::offer_ended(const output::OfferEnded& ended) const {
  bus::JsonText text;
  text.open().key("agent").text(ended.agent).key("offer").number(ended.offer.value);
  return text.key("state").text(name_of(ended.state)).close().take();
}

std::string Outgoing::agent(const output::AgentChanged& changed) const {
  bus::JsonText text;
  text.open().key("agent").text(changed.agent).key("state").text(name_of(changed.state));
  if (!changed.reason.empty()) text.key("reason").text(changed.reason);
  return text.close().take();
}

std::string Outgoing::notice(const output::Notice& notice) const {
  bus::JsonText text;
  text.open().key("session").number(notice.session.value).key("leg").number(notice.leg.value);
  if (notice.name == "roster") {
    const bool list = notice.detail.starts_with('[');
    const std::string_view entries =
        list ? notice.detail : bus::member_text(notice.detail, "entries");
    text.key("entries").raw(entries.empty() ? "[]" : entries);
  } else {
    text.key("detail").raw(or_empty_object(notice.detail));
  }
  return text.close().take();
}

}  // namespace convene
