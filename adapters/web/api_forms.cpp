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
  return told(
      404, "This page leads nowhere any more",
      "The link may be incomplete, may have run out, or was already used. To talk to us, book "
      "a new conversation where you found us.");
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

/// How the page's script says it where the conversation is over (show_over in pages/rendezvous.js).
Response over(const JsonObject& found, std::int64_t now_ms) {
  const std::string end = found.text_or("end");
  const std::int64_t expires = found.integer("expires_ms").value_or(0);
  const bool run_out = expires > 0 && expires < now_ms;
  const bool cancelled = end == "cancelled";
  HtmlSheet sheet(!cancelled ? "This conversation is over"
                  : run_out  ? "This page has run out"
                             : "This booking was cancelled");
  sheet.lead(cancelled            ? "It cannot be used any more."
             : end == "completed" ? "Thank you for the conversation."
                                  : "Thank you for coming.");
  sheet.paragraph(
      "To talk to us again, book another conversation where you found us. You can close this "
      "window.");
  return html(200, sheet);
}

/// What is booked, with all that can be done about it here, in the words of pages/rendezvous.js.
Response booked_sheet(const Gateway& gateway, const Brought& brought, const JsonObject& found,
                      std::string_view news) {
  if (found.text_or("state") == "ended") return over(found, gateway.clocks.wall_ms());
  const auto due = found.integer("due_ms");
  const std::int64_t expires = found.integer("expires_ms").value_or(0);
  const std::string agent = found.text_or("agent");
  const bool travels = found.text_or("carriage") == "query";
  HtmlSheet sheet("Welcome back");
  if (!news.empty()) sheet.warn(news);
  sheet.lead("Your place is kept.");
  sheet.facts({due ? "Agreed for " + time_in_words(*due) : std::string("Whenever you come back"),
               agent.empty() ? "" : "With " + agent});
  sheet.rule().heading("Keep this page");
  sheet.facts({travels ? "" : "It works in this browser, on this device.",
               expires > 0 ? "Your place is kept until " + time_in_words(expires) + "." : ""});
  if (travels) {
    sheet.paragraph("To find it again, keep this link:");
    sheet.link(gateway.settings().public_url + "/r/?s=" + brought.id);
    sheet.paragraph("Whoever has this link can come in your place, so show it to nobody.");
  }
  sheet.rule().choice("retime", "Save", "in", due ? "Another time" : "Agree a time",
                      {{"60", "In one hour"},
                       {"180", "In three hours"},
                       {"1440", "Tomorrow at this time"},
                       {"2880", "In two days"},
                       {"10080", "In one week"},
                       {"0", "Whenever I come back"}});
  sheet.button("cancel", "Cancel booking");
  return html(200, sheet);
}

void show(Gateway& gateway, const Brought& brought, const std::string& network, std::string news,
          Respond respond) {
  gateway.ask("look", JsonOut().put("id", brought.id).done(),
              [&gateway, brought, network, news, respond](CoreReply reply) {
                const auto found = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
                if (!found) return respond(refused(gateway, network, reply));
                respond(booked_sheet(gateway, brought, *found, news));
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
                HtmlSheet sheet("Cancelled");
                sheet.lead(
                    "Your booking is cancelled, and what you told us will not be used. If you "
                    "change your mind, book another conversation where you found us.");
                Response r = html(200, sheet.paragraph("You can close this window."));
                r.headers.emplace_back("Set-Cookie",
                                       clear_cookie(page_cookie(brought.page), SameSite::lax));
                respond(std::move(r));
              });
}

Response ask_if_sure() {
  HtmlSheet sheet("Cancel your booking?");
  sheet.lead("This page does not work any more after that.");
  sheet.button("cancel-now", "Yes, cancel it").button("look", "No, keep it");
  return html(200, sheet);
}

/// Nobody is called to a conversation that this browser cannot show.
Response cannot_talk() {
  HtmlSheet sheet("The conversation needs JavaScript");
  sheet.lead("Nobody was called, and your booking stays as it is.");
  sheet.paragraph(
      "Switch JavaScript on for this address and load the page again, or open your page on another "
      "device.");
  sheet.button("look", "What is booked", true);
  return html(200, sheet);
}

}  // namespace

void rendezvous_form(Gateway& gateway, const Request& request, Respond respond) {
  const std::string_view page = std::string_view(request.target.path).substr(3);
  if (!is_page_name(page)) return respond(nothing_here(request));
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
