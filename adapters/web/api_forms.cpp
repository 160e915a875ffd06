// adapters/web/api_forms.cpp - the rendezvous page for browsers without scripts: forms that post to the page itself.
#include <charconv>

#include "adapters/web/api.hpp"
#include "adapters/web/cookie.hpp"
#include "adapters/web/html.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"

namespace convene::web {
namespace {

constexpr std::int64_t kMinutesMost = 60 * 24 * 366;

Response html(int status, HtmlSheet& sheet) {
  Response r;
  r.status = status;
  r.type = "text/html; charset=utf-8";
  r.body = sheet.done();
  return r;
}

Response told(int status, std::string_view title, std::string_view text) {
  HtmlSheet sheet(title);
  return html(status, sheet.lead(text));
}

/// Our pages send no referrer, so a form of theirs comes with "Origin: null": then Sec-Fetch-Site tells. The page's
/// cookie is SameSite=Lax and does not come with another site's form either: two locks, each of them enough.
bool from_own_page(const Gateway& gateway, const Request& request) {
  if (!request.fetch_site.empty()) return request.fetch_site == "same-origin";
  return request.origin == gateway.settings().public_url;
}

/// The form's fields; nothing where they are no form's, or too much.
std::optional<Target> fields_of(const Request& request) {
  if (!request.content_type.starts_with("application/x-www-form-urlencoded")) return std::nullopt;
  return parse_target("/?" + request.body);
}

/// The same for what never was, was altered, has run out or is used up.
Response leads_nowhere() {
  return told(404, "This page leads nowhere any more",
              "The link is incomplete, has run out, or was already used. Please book a new "
              "conversation where you found us.");
}

Response refused(Gateway& gateway, const std::string& network, const CoreReply& reply) {
  if (reply.code == "unknown_identifier") {
    gateway.missed(network);
    return leads_nowhere();
  }
  Response plain = core_refusal(reply);
  Response r = told(plain.status, "This could not be done", reply.text);
  r.headers = std::move(plain.headers);
  return r;
}

void offer_changes(HtmlSheet& sheet) {
  sheet.rule()
      .choice("retime", "Agree this time", "in", "Another time:",
              {{"60", "in one hour"},
               {"180", "in three hours"},
               {"1440", "tomorrow at this time"},
               {"2880", "in two days"},
               {"10080", "in one week"},
               {"0", "whenever I come back"}})
      .button("cancel", "Cancel booking");
}

/// What is booked, with all that can be done about it here.
Response booked_sheet(const Settings& settings, const Brought& brought, const JsonObject& found,
                      std::string_view news) {
  const std::string state = found.text_or("state", "booked");
  if (state == "ended")
    return told(200, "This conversation is over", "There is nothing left to be done here.");
  const auto due = found.integer("due_ms");
  const std::int64_t expires = found.integer("expires_ms").value_or(0);
  const std::string agent = found.text_or("agent");
  HtmlSheet sheet("Your booking");
  if (!news.empty()) sheet.warn(news);
  sheet.facts({due ? "Agreed for " + time_in_words(*due) : std::string("Whenever you come back"),
               agent.empty() ? "" : "With " + agent,
               expires > 0 ? "Good until " + time_in_words(expires) : ""});
  if (found.text_or("carriage") == "query") {
    sheet.paragraph(
        "Keep this address. It opens your booking on any device, so give it to nobody:");
    sheet.link(settings.public_url + "/r/?s=" + brought.id);
  } else {
    sheet.paragraph("Bookmark this page. It works in this browser, on this device.");
  }
  offer_changes(sheet);
  return html(200, sheet);
}

void show(Gateway& gateway, const Brought& brought, const std::string& network, std::string news,
          Respond respond) {
  gateway.ask("look", JsonOut().put("id", brought.id).done(),
              [&gateway, brought, network, news, respond](CoreReply reply) {
                const auto found = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
                if (!found) return respond(refused(gateway, network, reply));
                respond(booked_sheet(gateway.settings(), brought, *found, news));
              });
}

void retime_by_form(Gateway& gateway, const Brought& brought, const std::string& network,
                    std::string_view in, Respond respond) {
  std::int64_t minutes = -1;
  const auto read = std::from_chars(in.data(), in.data() + in.size(), minutes);
  if (read.ec != std::errc() || read.ptr != in.data() + in.size() || minutes < 0 ||
      minutes > kMinutesMost)
    return respond(told(422, "This could not be done", "Choose one of the times offered."));
  JsonOut out;
  out.put("id", brought.id);
  if (minutes > 0) out.put("due_ms", gateway.clocks.wall_ms() + minutes * 60'000);
  gateway.ask("retime", out.done(), [&gateway, brought, network, respond](CoreReply reply) {
    if (!reply.ok) return respond(refused(gateway, network, reply));
    show(gateway, brought, network, "The time is changed.", respond);
  });
}

void cancel_by_form(Gateway& gateway, const Brought& brought, const std::string& network,
                    Respond respond) {
  gateway.ask("cancel", JsonOut().put("id", brought.id).done(),
              [&gateway, brought, network, respond](CoreReply reply) {
                if (!reply.ok) return respond(refused(gateway, network, reply));
                Response r = told(200, "Cancelled",
                                  "Your booking is cancelled. What you told us will not be used.");
                r.headers.emplace_back("Set-Cookie",
                                       clear_cookie(page_cookie(brought.page), SameSite::lax));
                respond(std::move(r));
              });
}

Response ask_if_sure() {
  HtmlSheet sheet("Cancel your booking?");
  sheet.lead("The page and its address work no longer after that.");
  sheet.button("cancel-now", "Yes, cancel it").button("look", "No, keep it");
  return html(200, sheet);
}

/// Nobody is called to a conversation that this browser cannot show.
Response cannot_talk() {
  HtmlSheet sheet("The conversation needs JavaScript");
  sheet.lead("Nobody was called, and your booking stays as it is.");
  sheet.paragraph(
      "Switch JavaScript on for this address and load the page again, or open your page's address "
      "on another device.");
  sheet.button("look", "What is booked, and the address to keep", true);
  offer_changes(sheet);
  return html(200, sheet);
}

}  // namespace

void rendezvous_form(Gateway& gateway, const Request& request, Respond respond) {
  const std::string_view page = std::string_view(request.target.path).substr(3);
  if (!is_page_name(page)) return respond(refusal(404, "not_found", "There is nothing here."));
  if (!from_own_page(gateway, request))
    return respond(told(403, "This could not be done",
                        "This browser does not say that the form came from our page. Open your "
                        "page anew and try again there."));
  const auto fields = fields_of(request);
  if (!fields)
    return respond(told(400, "This could not be done", "The form could not be understood."));
  if (gateway.throttled(request.network)) {
    Response r = told(429, "One moment, please", "Try again in a minute.");
    r.headers.emplace_back("Retry-After", "60");
    return respond(std::move(r));
  }
  const Brought brought = brought_identifier(request, page);
  if (brought.id.empty()) {
    gateway.missed(request.network);
    return respond(leads_nowhere());
  }
  const std::string_view does = fields->value("do");
  if (does == "look") return show(gateway, brought, request.network, "", std::move(respond));
  if (does == "retime")
    return retime_by_form(gateway, brought, request.network, fields->value("in"),
                          std::move(respond));
  if (does == "cancel") return respond(ask_if_sure());
  if (does == "cancel-now")
    return cancel_by_form(gateway, brought, request.network, std::move(respond));
  if (does == "join") return respond(cannot_talk());
  respond(told(400, "This could not be done", "The form could not be understood."));
}

}  // namespace convene::web
