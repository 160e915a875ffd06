// adapters/web/headers.cpp - ASVS 3.4 as a list.
#include "adapters/web/headers.hpp"

#include <algorithm>
#include <set>

#include "adapters/web/json_view.hpp"

namespace convene::web {
namespace {

/// A host of an allow-list as a CSP source. What does not look like one is left out: it opens nothing.
std::string frame_source(const std::string& host) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '*' ||
           c == ':';
  };
  if (host.empty() || host == "*" || !std::all_of(host.begin(), host.end(), good)) return "";
  // Without a port the page channel allows any.
  return host.find(':') == host.npos ? host + ":*" : host;
}

}  // namespace

std::string content_security_policy(const Settings& settings) {
  std::set<std::string> frames;
  for (const auto& [id, flow] : settings.flows) {
    const auto page = flow.channel_settings.find("page");
    if (page == flow.channel_settings.end()) continue;
    const auto object = JsonObject::parse(page->second);
    if (!object || !object->has("hosts")) continue;
    for (const auto& host :
         json_texts(object->raw("hosts"), 1024).value_or(std::vector<std::string>{}))
      if (auto source = frame_source(host); !source.empty()) frames.insert(std::move(source));
  }
  std::string frame_src, ancestors;
  for (const auto& f : frames) frame_src += " " + f;
  for (const auto& a : settings.frame_ancestors) ancestors += " " + a;
  // 'self' covers the WebSocket in current browsers; older ones want it by name. A session may be carried by another
  // gateway, to which its pages open their socket.
  std::set<std::string> places{settings.public_url};
  for (const auto& [name, url] : settings.gateways) places.insert(url);
  std::string sockets;
  for (const auto& place : places) sockets += " ws" + place.substr(4);
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
         "'self'" +
         sockets + "; frame-src" + (frame_src.empty() ? " 'none'" : frame_src) +
         "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors" +
         (ancestors.empty() ? " 'none'" : ancestors);
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) head += c;
  head.append("\r\n");
}

std::string header_text(const HeaderList& list) {
  std::string text;
  for (const auto& [name, value] : list) append_header(text, name, value);
  return text;
}

HeaderList security_headers(const Settings& settings) {
  return {{"Content-Security-Policy", content_security_policy(settings)},
          {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
}

}  // namespace convene::web
