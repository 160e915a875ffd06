// adapters/web/hub.cpp - legs and their browsers. What concerns agents and offers is in hub_desk.cpp.
#include "adapters/web/hub.hpp"

#include <algorithm>

#include "adapters/web/json_text.hpp"
#include "adapters/web/log.hpp"
#include "convene/service.h"

namespace convene::web {
namespace {

/// A leg that is over is remembered until the core knows, or for this long.
constexpr std::int64_t kForgetMs = 60'000;
/// Reports that may wait for the core while it is told all legs again.
constexpr std::size_t kUnsettledMost = 1'024;

}  // namespace

namespace {

bool somebody_else_is_here(const Leg& leg) {
  const auto entries = json_array(leg.roster);
  for (const auto text : entries.value_or(std::vector<std::string_view>{})) {
    const auto entry = JsonObject::parse(text);
    if (!entry || entry->number_or("leg") == leg.id) continue;
    const std::string state = entry->text_or("state");
    if (state == "connected" || state == "degraded") return true;
  }
  return false;
}

}  // namespace

std::string leg_report(const Leg& leg, LegStamp stamp) {
  JsonOut out;
  out.put("leg", leg.id).put("seq", stamp.seq).put("ack", stamp.ack).put("epoch", leg.epoch);
  out.put("state", leg.state.empty() ? "connecting" : leg.state)
      .raw("channels", json_text_array(leg.channels));
  return out.put("reason", leg.reason).done();
}

Hub::Hub(const Settings& settings, Core& core, const ChannelSet& channels, Metrics& metrics,
         Clocks clocks)
    : settings_(&settings),
      core_(core),
      channels_(channels),
      metrics_(metrics),
      clocks_(std::move(clocks)),
      transcripts_(settings.transcripts, settings.desk_key) {}

void Hub::reconfigured(const Settings& settings) { settings_ = &settings; }

// Answers ---------------------------------------------------------------------------------------------------------

void Hub::refuse(const From& from, std::string_view code, std::string_view text) {
  metrics_.refused.fetch_add(1, std::memory_order_relaxed);
  JsonOut out;
  out.put("t", "refused");
  if (!from.ref.empty()) out.raw("ref", from.ref);
  from.outlet->send(out.put("code", code).put("text", text).done());
}

void Hub::done(const From& from) {
  if (!from.ref.empty()) from.outlet->send(JsonOut().put("t", "ok").raw("ref", from.ref).done());
}

void Hub::pass_on(const From& from, const CoreReply& reply) {
  if (reply.ok)
    done(from);
  else
    refuse(from, reply.code, reply.text);
}

Leg* Hub::own(const From& from, std::uint64_t id) {
  const auto it = legs_.find(id);
  if (it == legs_.end() || it->second->outlet != from.outlet || it->second->over_ms != 0) {
    refuse(from, "not_allowed", "This leg is not open on this connection.");
    return nullptr;
  }
  return it->second.get();
}

// Legs ------------------------------------------------------------------------------------------------------------

Hub::Session& Hub::session_of(const Leg& leg) {
  Session& s = sessions_[leg.session];
  if (!s.media) {
    const auto flow = settings_->flows.find(leg.flow);
    s.media = std::make_shared<Media>(leg.session,
                                      flow == settings_->flows.end()
                                          ? std::map<std::string, std::string>{}
                                          : flow->second.channel_settings,
                                      channels_, transcripts_.of(leg.session));
    metrics_.sessions.store(static_cast<std::int64_t>(sessions_.size()), std::memory_order_relaxed);
    if (const auto c = offered_contexts_.find(leg.session); c != offered_contexts_.end()) {
      s.context = std::move(c->second);
      offered_contexts_.erase(c);
    }
  }
  return s;
}

std::uint64_t Hub::note_details(std::string_view text, const std::string& endpoint) {
  const auto d = JsonObject::parse(text);
  if (!d) return 0;
  const std::uint64_t id = d->number_or("leg"), session = d->number_or("session");
  if (id == 0 || session == 0) return 0;
  if (!carried_elsewhere(*settings_, d->text_or("gateway")).empty()) return 0;
  auto& slot = legs_[id];
  if (!slot) {
    slot = std::make_unique<Leg>();
    slot->id = id;
    slot->session = session;
    slot->flow = d->text_or("flow");
    slot->role = static_cast<std::int32_t>(d->number_or("role", CONVENE_ROLE_CUSTOMER));
    if (const auto role = d->text("role"))
      slot->role = *role == "agent" ? CONVENE_ROLE_AGENT : CONVENE_ROLE_CUSTOMER;
    Session& s = session_of(*slot);
    ++s.legs;
    slot->media = s.media;
  }
  Leg& leg = *slot;
  if (!endpoint.empty()) leg.endpoint = endpoint;
  leg.details = text;
  leg.offered = json_texts(d->has("channels") ? d->raw("channels") : "[]")
                    .value_or(std::vector<std::string>{});
  tickets_.add(d->text_or("ticket"), id, static_cast<std::uint32_t>(d->number_or("epoch", 1)),
               d->integer("expires_ms").value_or(0));
  return id;
}

void Hub::forget(std::uint64_t id) {
  const auto it = legs_.find(id);
  if (it == legs_.end()) return;
  const auto s = sessions_.find(it->second->session);
  if (s != sessions_.end() && --s->second.legs == 0) {
    if (s->second.media) s->second.media->forget();
    sessions_.erase(s);
    metrics_.sessions.store(static_cast<std::int64_t>(sessions_.size()), std::memory_order_relaxed);
  }
  tickets_.drop(id);
  unsettled_.erase(id);
  legs_.erase(it);
}

void Hub::report(Leg& leg, std::string_view state, std::string reason) {
  leg.state = state;
  leg.reason = std::move(reason);
  leg.link.post(clocks_.steady_ms());
  flush(leg);
}

void Hub::flush(Leg& leg) {
  const std::int64_t now = clocks_.steady_ms();
  if (leg.link.due(now)) core_.leg(leg_report(leg, leg.link.stamp(now)));
  if (leg.link.settled() && leg.over_ms == 0)
    unsettled_.erase(leg.id);
  else
    unsettled_.insert(leg.id);
}

std::int64_t Hub::tick() {
  const std::int64_t now = clocks_.steady_ms();
  std::vector<std::uint64_t> over;
  for (const std::uint64_t id : std::vector<std::uint64_t>(unsettled_.begin(), unsettled_.end())) {
    Leg& leg = *legs_.at(id);
    if (leg.over_ms != 0 && (leg.link.settled() || now - leg.over_ms > kForgetMs))
      over.push_back(id);
    else if (leg.link.due(now))
      flush(leg);
  }
  for (const auto id : over) forget(id);
  tell_more();
  bool desks_wait = false;
  for (auto& [agent, desk] : desks_) {
    if (desk.outlet && desk.retry_ms != 0 && desk.retry_ms <= now && !desk.attaching) attach(agent);
    desks_wait |= desk.retry_ms != 0 || !desk.outlet;
  }
  constexpr std::int64_t kGraceMs = 5'000;  // A reload of the desk's page fits in.
  for (auto it = desks_.begin(); it != desks_.end();) {
    if (!it->second.outlet && now - it->second.gone_ms > kGraceMs) {
      core_.ask("detach", JsonOut().put("agent", it->first).done(), [](CoreReply) {});
      it = desks_.erase(it);
    } else {
      ++it;
    }
  }
  constexpr std::int64_t kDayMs = 86'400'000;
  if (swept_ms_ == 0) swept_ms_ = now;
  if (now - swept_ms_ > kDayMs) {
    swept_ms_ = now;
    transcripts_.sweep([this](std::uint64_t session) { return sessions_.contains(session); });
  }
  return unsettled_.empty() && !desks_wait ? 1'000 : 50;
}

void Hub::release(Leg& leg, std::string_view state, const std::string& reason) {
  if (leg.outlet) {
    leg.media->leave(leg.id, nullptr, clocks_.wall_ms());
    leg.outlet->seat(leg.id, nullptr);
    std::erase(held_[leg.outlet.get()], leg.id);
    leg.outlet.reset();
  }
  leg.channels.clear();
  report(leg, state, reason);
}

void Hub::closed(const OutletPtr& outlet) {
  const auto held = held_.find(outlet.get());
  if (held != held_.end()) {
    const auto ids = held->second;
    for (const auto id : ids) {
      const auto it = legs_.find(id);
      if (it != legs_.end() && it->second->outlet == outlet)
        release(*it->second, "degraded", "socket_lost");
    }
    held_.erase(outlet.get());
  }
  for (auto& [agent, desk] : desks_) {
    if (desk.outlet != outlet) continue;
    desk.outlet.reset();
    desk.shown = false;
    desk.gone_ms = clocks_.steady_ms();
  }
}

void Hub::connect(From from, const std::string& ticket, std::vector<std::string> channels,
                  Have have) {
  const auto taken = tickets_.take(ticket, clocks_.wall_ms());
  const auto it = taken ? legs_.find(taken->leg) : legs_.end();
  if (it == legs_.end() || it->second->over_ms != 0)
    return refuse(from, "ticket_invalid",
                  "This ticket is unknown, used or too old: ask for new connection details.");
  Leg& leg = *it->second;
  // A ticket says which leg; the socket must be one that may hold it.
  if (leg.endpoint != from.agent)
    return refuse(from, "not_allowed", "This leg belongs to somebody else.");
  leg.epoch = taken->epoch;
  open(from, leg, std::move(channels), have);
}

/// The leg is opened without its endpoint's showing the ticket: nobody else is to show it.
void Hub::use_ticket(Leg& leg) {
  const auto details = JsonObject::parse(leg.details);
  const auto taken = tickets_.take(details->text_or("ticket"), clocks_.wall_ms());
  leg.epoch = taken ? taken->epoch : static_cast<std::uint32_t>(details->number_or("epoch", 1));
}

void Hub::join(From from, const std::string& body, const std::vector<std::string>* channels,
               Have have) {
  const auto joined = JsonObject::parse(body);
  const std::uint64_t id =
      joined && joined->has("details") ? note_details(joined->raw("details")) : 0;
  const auto away = joined ? joined->object("details") : std::nullopt;
  if (id == 0 && away && !carried_elsewhere(*settings_, away->text_or("gateway")).empty())
    return from.outlet->send(
        JsonOut()
            .put("t", "joined")
            .raw("details", with_address(*settings_, *away, joined->raw("details")))
            .done());
  if (id == 0) return refuse(from, "malformed", "The core's answer could not be read.");
  // The socket was lost while the core answered, and nobody would ever say so of this leg. Left alone it is over when
  // the core's patience is, and until then its details are good for another socket.
  if (from.outlet->gone()) return;
  Leg& leg = *legs_.at(id);
  use_ticket(leg);
  const Together together(from.outlet);
  from.outlet->send(JsonOut().put("t", "joined").raw("details", leg.details).done());
  open(from, leg, channels != nullptr ? *channels : leg.offered, have);
}

void Hub::open(const From& from, Leg& leg, std::vector<std::string> channels, const Have& have) {
  if (leg.outlet && leg.outlet != from.outlet) {
    // The newest window has the leg. The one before is told, and does not come back by itself.
    const OutletPtr before = leg.outlet;
    std::erase(held_[before.get()], leg.id);
    before->seat(leg.id, nullptr);
    if (leg.endpoint.empty())
      before->bye("elsewhere", "This conversation is open in another window now.");
    else
      before->send(JsonOut().put("t", "left").put("leg", leg.id).put("reason", "elsewhere").done());
  }
  if (leg.outlet != from.outlet) held_[from.outlet.get()].push_back(leg.id);
  leg.outlet = from.outlet;
  // An endpoint opens what was offered to it, or less (claim 18).
  std::erase_if(channels, [&leg](const std::string& c) {
    return std::find(leg.offered.begin(), leg.offered.end(), c) == leg.offered.end();
  });
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());

  std::string settings = "{";
  if (const auto flow = settings_->flows.find(leg.flow); flow != settings_->flows.end())
    for (const auto& [name, text] : flow->second.channel_settings) {
      if (settings.size() > 1) settings += ',';
      append_json_string(settings, name);
      settings += ':' + text;
    }
  settings += '}';
  Member member{leg.id, leg.role, "", from.outlet, std::move(channels)};
  if (const auto agent = settings_->agents.find(leg.endpoint); agent != settings_->agents.end())
    member.name = agent->second.name;
  from.outlet->seat(leg.id, leg.media);
  leg.channels = leg.media->join(std::move(member), have, clocks_.wall_ms(),
                                 [&](const std::vector<std::string>& open) {
                                   return JsonOut()
                                       .put("t", "connected")
                                       .put("leg", leg.id)
                                       .put("session", leg.session)
                                       .put("role", leg.role)
                                       .raw("channels", json_text_array(open))
                                       .raw("settings", settings)
                                       .done();
                                 });
  if (leg.roster != "[]")
    from.outlet->send(
        JsonOut().put("t", "roster").put("leg", leg.id).raw("entries", leg.roster).done());
  if (!leg.notice.empty()) from.outlet->send(std::string(leg.notice));
  report(leg, "connected");
}

void Hub::set_channels(From from, std::uint64_t id, std::vector<std::string> channels) {
  Leg* leg = own(from, id);
  if (leg == nullptr) return;
  std::erase_if(channels, [leg](const std::string& c) {
    return std::find(leg->offered.begin(), leg->offered.end(), c) == leg->offered.end();
  });
  leg->channels = leg->media->set_channels(id, channels, clocks_.wall_ms());
  std::sort(leg->channels.begin(), leg->channels.end());
  from.outlet->send(JsonOut()
                        .put("t", "channels")
                        .put("leg", id)
                        .raw("channels", json_text_array(leg->channels))
                        .done());
  done(from);
  report(*leg, "connected");
}

void Hub::leave(From from, std::uint64_t id) {
  if (own(from, id) == nullptr) return;
  core_.ask("leg_request", JsonOut().put("leg", id).put("name", "leave").raw("detail", "{}").done(),
            [this, from](CoreReply reply) { pass_on(from, reply); });
}

void Hub::ask(From from, std::uint64_t id, const std::string& name, const std::string& detail) {
  if (own(from, id) == nullptr) return;
  core_.ask("leg_request", JsonOut().put("leg", id).put("name", name).raw("detail", detail).done(),
            [this, from](CoreReply reply) { pass_on(from, reply); });
}

void Hub::order(std::string_view text) {
  const auto body = JsonObject::parse(text);
  if (!body) return log::warning("web.bad_leg_message");
  const std::uint64_t id = body->number_or("leg");
  const LegStamp stamp{body->number_or("seq"), body->number_or("ack")};
  const bool join = body->boolean("join").value_or(false);
  auto it = legs_.find(id);
  const bool is_new = it == legs_.end();
  if (is_new) {
    if (stamp.seq == 0) return;
    if (join) {
      if (elsewhere(body->has("details") ? body->raw("details") : "", body->text_or("endpoint"),
                    body->has("roster") ? body->raw("roster") : "[]"))
        return;
      if (!body->has("details") ||
          note_details(body->raw("details"), body->text_or("endpoint")) != id)
        return;
    } else {  // Of a leg that this gateway does not know (any more): it is gone, which is what is wanted.
      auto ghost = std::make_unique<Leg>();
      ghost->id = id;
      ghost->session = 0;
      ++sessions_[0].legs;
      ghost->media = std::make_shared<Media>(0, std::map<std::string, std::string>{}, channels_);
      legs_[id] = std::move(ghost);
    }
    it = legs_.find(id);
  }
  Leg& leg = *it->second;
  if (!leg.link.take(stamp, clocks_.steady_ms())) {
    flush(leg);
    return tell_more();
  }
  if (join) {
    const auto before = leg.offered;
    if (body->has("details")) note_details(body->raw("details"), body->text_or("endpoint"));
    if (!leg.outlet)
      invite(leg, is_new);
    else if (
        before !=
        leg.offered)  // Channels changed: the endpoint opens what it can and says so (claim 18).
      leg.outlet->send(JsonOut()
                           .put("t", "details")
                           .raw("details", leg.details)
                           .raw("context", leg.endpoint.empty() ? "{}" : context_of(leg.session))
                           .raw("roster", leg.roster)
                           .done());
    flush(leg);
  } else {
    const std::string reason = body->text_or("reason");
    if (leg.outlet)
      leg.outlet->send(JsonOut().put("t", "left").put("leg", id).put("reason", reason).done());
    if (leg.over_ms == 0) leg.over_ms = clocks_.steady_ms();
    tickets_.drop(id);
    release(leg, "left", reason);
  }
}

void Hub::notice(std::string_view name, std::string_view text) {
  const auto body = JsonObject::parse(text);
  if (!body) return log::warning("web.bad_notice");
  if (name == "offer" || name == "offer_ended" || name == "agent") {
    const auto it = desks_.find(body->text_or("agent"));
    if (name == "offer")
      note_context(body->number_or("session"), body->has("context") ? body->raw("context") : "{}");
    if (it == desks_.end() || !it->second.outlet || !it->second.shown) return;
    if (body->has("answered")) return;  // Nobody is asked: the details follow.
    AgentDesk& desk = it->second;
    if (name == "offer") {
      desk.offers.insert(body->number_or("offer"));
      desk.outlet->send(offer_json(*settings_, *body, clocks_.wall_ms(), true));
    } else if (name == "offer_ended") {
      desk.offers.erase(body->number_or("offer"));
      desk.outlet->send(JsonOut()
                            .put("t", "offer_ended")
                            .put("offer", body->number_or("offer"))
                            .put("state", body->text_or("state"))
                            .done());
    } else {
      desk.takes_state(*body);
      desk.tell_state();
    }
    return;
  }
  if (name == "erased") return transcripts_.forget(body->number_or("session"));
  const auto it = legs_.find(body->number_or("leg"));
  if (it == legs_.end()) return;
  Leg& leg = *it->second;
  if (name != "roster") return service_notice(leg, name, *body);
  if (body->has("entries")) leg.roster = body->raw("entries");
  if (somebody_else_is_here(leg)) leg.notice.clear();
  if (leg.outlet)
    leg.outlet->send(
        JsonOut().put("t", "roster").put("leg", leg.id).raw("entries", leg.roster).done());
}

/// What the service says comes at once with the customer's arrival, before the browser has its socket; and somebody who
/// loads the page again still wants to know why nobody is there. An agent sees what happens as it happens.
void Hub::service_notice(Leg& leg, std::string_view name, const JsonObject& body) {
  std::string text = JsonOut()
                         .put("t", "notice")
                         .put("leg", leg.id)
                         .put("name", name)
                         .raw("detail", body.has("detail") ? body.raw("detail") : "{}")
                         .done();
  const bool keeps = leg.endpoint.empty() && name != "refused" && !somebody_else_is_here(leg);
  if (leg.outlet) leg.outlet->send(keeps ? std::string(text) : std::move(text));
  if (keeps) leg.notice = std::move(text);
}

/// A hundred thousand reports at once would be more than the bus keeps: the next follow as the core acknowledges.
void Hub::tell_more() {
  for (; !untold_.empty() && unsettled_.size() < kUnsettledMost; untold_.pop_back()) {
    const auto it = legs_.find(untold_.back());
    if (it == legs_.end()) continue;
    it->second->link.post(
        clocks_.steady_ms());  // What the core has made of the silence is replaced.
    flush(*it->second);
  }
}

void Hub::core_is_new() {
  untold_.clear();
  for (const auto& [id, leg] : legs_) untold_.push_back(id);
  tell_more();
  for (auto& [agent, desk] : desks_)
    if (desk.outlet) attach(agent);
}

}  // namespace convene::web
