// adapters/web/hub_desk.cpp - agents, their desks, offers; and the continuation of a session (claim 4).
#include "adapters/web/hub.hpp"

#include <algorithm>

#include "adapters/web/json_text.hpp"
#include "adapters/web/log.hpp"

namespace convene::web {
namespace {

constexpr std::int64_t kAttachAgainMs = 1'000;
constexpr std::size_t kContextsKept = 10'000;

std::string_view or_empty(const JsonObject& o, std::string_view key, std::string_view otherwise) {
  return o.has(key) ? o.raw(key) : otherwise;
}

}  // namespace

std::string offer_json(const Settings& settings, const JsonObject& offer, std::int64_t now_ms,
                       bool as_message) {
  const std::string id = offer.text_or("flow");
  const auto flow = settings.flows.find(id);
  JsonOut out;
  if (as_message) out.put("t", "offer");
  return out.put("offer", offer.number_or("offer"))
      .put("session", offer.number_or("session"))
      .put("flow", id)
      .put("title", flow == settings.flows.end() ? id : flow->second.title)
      .raw("context", or_empty(offer, "context", "{}"))
      .put("deadline", offer.integer("deadline_ms").value_or(0))
      .put("waiting_since", offer.integer("waiting_since_ms").value_or(0))
      .put("now", offer.integer("now_ms").value_or(now_ms))
      .done();
}

std::string with_address(const Settings& settings, const JsonObject& details,
                         std::string_view text) {
  const std::string address = carried_elsewhere(settings, details.text_or("gateway"));
  if (address.empty()) return std::string(text);
  const std::string more = JsonOut().put("address", address).done();
  return std::string(text.substr(0, text.rfind('}'))) + "," + more.substr(1);
}

/// An agent's leg in a session that another gateway carries: the desk hears where, and nothing is opened here. True: so
/// it is. The leg stays unconnected until the agent opens the desk there, or the core's patience is over.
bool Hub::elsewhere(std::string_view details, const std::string& agent, std::string_view roster) {
  const auto d = JsonObject::parse(details);
  if (!d || carried_elsewhere(*settings_, d->text_or("gateway")).empty()) return false;
  const auto desk = desks_.find(agent);
  const auto context = offered_contexts_.find(d->number_or("session"));
  if (desk != desks_.end() && desk->second.outlet && desk->second.shown)
    desk->second.outlet->send(
        JsonOut()
            .put("t", "details")
            .raw("details", with_address(*settings_, *d, details))
            .raw("context", context == offered_contexts_.end() ? "{}" : context->second)
            .raw("roster", roster)
            .done());
  return true;
}

void Hub::note_context(std::uint64_t session, std::string_view context) {
  const auto s = sessions_.find(session);
  if (s != sessions_.end()) {
    s->second.context = context;
    return;
  }
  if (offered_contexts_.size() >= kContextsKept) offered_contexts_.clear();
  offered_contexts_[session] = context;
}

std::string Hub::context_of(std::uint64_t session) const {
  const auto s = sessions_.find(session);
  return s == sessions_.end() ? "{}" : s->second.context;
}

/// Opened at once is what the desk cannot know yet: of anything else it says itself how much it has.
void Hub::invite(Leg& leg, bool is_new) {
  const auto found = desks_.find(leg.endpoint);
  if (leg.endpoint.empty() || found == desks_.end()) return;
  const AgentDesk& desk = found->second;
  if (!desk.outlet || !desk.shown) return;
  const bool opens = desk.opens && is_new;
  const Together together(desk.outlet);
  desk.outlet->send(JsonOut()
                        .put("t", "details")
                        .raw("opened", opens ? "true" : "false")
                        .raw("details", leg.details)
                        .raw("context", context_of(leg.session))
                        .raw("roster", leg.roster)
                        .done());
  if (!opens) return;
  use_ticket(leg);
  open({desk.outlet, leg.endpoint, ""}, leg, leg.offered, {});
}

void Hub::AgentDesk::takes_state(const JsonObject& body) {
  state = body.text_or("state");
  reason = body.text_or("reason");
}

void Hub::AgentDesk::tell_state() const {
  JsonOut out;
  out.put("t", "agent").put("state", state);
  if (!reason.empty()) out.put("reason", reason);
  outlet->send(out.done());
}

void Hub::desk(From from, bool opens) {
  AgentDesk& desk = desks_[from.agent];
  if (desk.outlet && desk.outlet != from.outlet) {
    const OutletPtr before = desk.outlet;
    closed(before);
    before->bye("elsewhere", "Your desk is open in another window now.");
  }
  desk.outlet = from.outlet;
  desk.opens = opens;
  desk.shown = false;
  desk.offers.clear();
  attach(from.agent);
}

void Hub::attach(const std::string& agent) {
  AgentDesk& desk = desks_[agent];
  desk.attaching = true;
  desk.retry_ms = 0;
  core_.ask("attach", JsonOut().put("agent", agent).done(),
            [this, agent](CoreReply reply) { attached(agent, reply); });
}

void Hub::attached(const std::string& agent, const CoreReply& reply) {
  const auto it = desks_.find(agent);
  if (it == desks_.end()) return;
  AgentDesk& desk = it->second;
  desk.attaching = false;
  if (!desk.outlet) return;
  const auto body = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
  if (!body) {
    if (reply.code == "unknown_agent" || reply.code == "not_allowed")
      return desk.outlet->bye("not_allowed", "This agent has no desk here.");
    desk.retry_ms = clocks_.steady_ms() + kAttachAgainMs;
    return;
  }
  desk.takes_state(*body);
  const auto sessions = json_array(or_empty(*body, "sessions", "[]"));
  for (const auto text : sessions ? *sessions : std::vector<std::string_view>{}) {
    const auto s = JsonObject::parse(text);
    if (!s || !s->has("details")) continue;
    const std::uint64_t id = note_details(s->raw("details"), agent);
    if (id == 0) continue;
    Leg& leg = *legs_.at(id);
    note_context(leg.session, or_empty(*s, "context", "{}"));
    if (s->has("roster")) leg.roster = s->raw("roster");
  }
  if (desk.shown)
    bring_up_to_date(desk, *body);
  else
    show_attached(desk, *body);
}

void Hub::show_attached(AgentDesk& desk, const JsonObject& body) {
  std::string offers = "[", sessions = "[";
  const auto offer_list = json_array(or_empty(body, "offers", "[]"));
  for (const auto text : offer_list ? *offer_list : std::vector<std::string_view>{}) {
    const auto offer = JsonObject::parse(text);
    if (!offer) continue;
    desk.offers.insert(offer->number_or("offer"));
    note_context(offer->number_or("session"), or_empty(*offer, "context", "{}"));
    offers +=
        (offers.size() > 1 ? "," : "") + offer_json(*settings_, *offer, clocks_.wall_ms(), false);
  }
  const auto session_list = json_array(or_empty(body, "sessions", "[]"));
  for (const auto text : session_list ? *session_list : std::vector<std::string_view>{}) {
    const auto s = JsonObject::parse(text);
    if (!s || !s->has("details")) continue;
    sessions +=
        (sessions.size() > 1 ? "," : "") +
        JsonOut()
            .raw("details", with_address(*settings_, *s->object("details"), s->raw("details")))
            .raw("context", or_empty(*s, "context", "{}"))
            .raw("roster", or_empty(*s, "roster", "[]"))
            .done();
  }
  desk.shown = true;
  JsonOut attached;
  attached.put("t", "attached")
      .put("agent", body.text_or("agent"))
      .put("name", body.text_or("name"));
  attached.put("state", desk.state);
  if (!desk.reason.empty()) attached.put("reason", desk.reason);
  attached.raw("offers", offers + "]")
      .raw("sessions", sessions + "]")
      .put("now", clocks_.wall_ms());
  desk.outlet->send(attached.done());
}

/// The core was restarted while the desk stayed: the agent sees what differs, and no break.
void Hub::bring_up_to_date(AgentDesk& desk, const JsonObject& body) {
  desk.tell_state();
  std::set<std::uint64_t> standing;
  const auto offer_list = json_array(or_empty(body, "offers", "[]"));
  for (const auto text : offer_list ? *offer_list : std::vector<std::string_view>{}) {
    const auto offer = JsonObject::parse(text);
    if (!offer) continue;
    const std::uint64_t number = offer->number_or("offer");
    standing.insert(number);
    note_context(offer->number_or("session"), or_empty(*offer, "context", "{}"));
    if (!desk.offers.contains(number))
      desk.outlet->send(offer_json(*settings_, *offer, clocks_.wall_ms(), true));
  }
  for (const auto gone : desk.offers)
    if (!standing.contains(gone))
      desk.outlet->send(
          JsonOut().put("t", "offer_ended").put("offer", gone).put("state", "withdrawn").done());
  desk.offers = std::move(standing);
  const auto session_list = json_array(or_empty(body, "sessions", "[]"));
  for (const auto text : session_list ? *session_list : std::vector<std::string_view>{}) {
    const auto s = JsonObject::parse(text);
    const auto d = s ? s->object("details") : std::nullopt;
    const auto leg = d ? legs_.find(d->number_or("leg")) : legs_.end();
    if (leg != legs_.end() && !leg->second->outlet) invite(*leg->second, false);
  }
}

void Hub::agent_state(From from, const std::string& state) {
  core_.ask("agent_says", JsonOut().put("agent", from.agent).put("state", state).done(),
            [this, from, state](CoreReply reply) {
              if (!reply.ok) return refuse(from, reply.code, reply.text);
              const auto it = desks_.find(from.agent);
              if (it != desks_.end()) {
                it->second.state = state;
                it->second.reason.clear();
              }
              from.outlet->send(JsonOut().put("t", "agent").put("state", state).done());
              done(from);
            });
}

void Hub::answer_offer(From from, std::uint64_t offer, bool accepts) {
  const auto desk = desks_.find(from.agent);
  if (desk == desks_.end() || desk->second.outlet != from.outlet)
    return refuse(from, "not_allowed", "This desk is not attached.");
  core_.ask("offer_answer",
            JsonOut().put("agent", from.agent).put("offer", offer).put("accepts", accepts).done(),
            [this, from](CoreReply reply) { pass_on(from, reply); });
}

void Hub::signed_out(const std::string& agent, bool elsewhere) {
  const auto it = desks_.find(agent);
  const bool at_desk = it != desks_.end() && it->second.outlet;
  JsonOut says;
  says.put("agent", agent).put("state", "signed_out");
  if (elsewhere) says.raw("told", "true");
  if (at_desk || !elsewhere) core_.ask("agent_says", says.done(), [](CoreReply) {});
  if (!at_desk) return;
  const OutletPtr outlet = it->second.outlet;
  closed(outlet);
  outlet->bye("signed_out", "You have signed out.");
}

void Hub::continue_later(From from, std::uint64_t id) {
  const Leg* leg = own(from, id);
  if (leg == nullptr) return;
  const std::uint64_t session = leg->session;
  // The browser says nothing about the booking: the core extracts it from the session. The cookie of the cookie mode
  // cannot travel on a socket, so here the identifier travels in the link.
  core_.ask("book", JsonOut().put("continues_leg", id).put("carriage", "query").done(),
            [this, from, session](CoreReply reply) { show_booking(from, session, reply); });
}

void Hub::show_booking(const From& from, std::uint64_t session, const CoreReply& reply) {
  const auto booked = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
  if (!booked) return refuse(from, reply.code, reply.text);
  // The identifier is the customer's: an agent who asked learns that it is booked, and the customer gets the link.
  const bool by_customer = from.agent.empty();
  JsonOut answer;
  answer.put("t", "booked");
  if (!from.ref.empty()) answer.raw("ref", from.ref);
  const std::string head = answer.done(),
                    fields = booking_json(*settings_, *booked, "", by_customer);
  from.outlet->send(head.substr(0, head.size() - 1) + "," + fields.substr(1));
  if (by_customer) return;
  const std::string detail = booking_json(*settings_, *booked, "", true);
  for (const auto& [id, leg] : legs_)
    if (leg->session == session && leg->endpoint.empty() && leg->outlet)
      leg->outlet->send(JsonOut()
                            .put("t", "notice")
                            .put("leg", id)
                            .put("name", "booked")
                            .raw("detail", detail)
                            .done());
}

}  // namespace convene::web
