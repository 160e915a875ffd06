// sdk/host/formats.cpp - durations, origins and addresses, each with the sentence that helps.
#include "sdk/host/formats.hpp"

#include <algorithm>
#include <charconv>

#include "convene/duration.hpp"

namespace convene {
namespace {

constexpr std::string_view kDuration = "convene-duration";
constexpr std::string_view kOrigin = "convene-origin";
constexpr std::string_view kAddress = "convene-address";

/// What keeps a text from being an origin; empty: nothing.
std::string origin_fault(std::string_view origin) {
  if (origin.find('*') != origin.npos) return "a wildcard lets every site speak for your customers";
  const bool https = origin.starts_with("https://");
  if (!https && !origin.starts_with("http://")) return "it begins with https://";
  const std::string_view host = origin.substr(https ? 8 : 7);
  if (std::any_of(host.begin(), host.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return "browsers send it in lower case";
  // The text also stands in headers: nothing that means something there.
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
           c == '[' || c == ']';
  };
  if (host.empty() || host.front() == ':' || !std::all_of(host.begin(), host.end(), good))
    return "scheme, host and port, without a path";
  const std::string_view name =
      host.front() == '[' ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  const bool here = name == "localhost" || name == "[::1]" || name.starts_with("127.");
  return https || here ? "" : "browsers keep no secure cookies over plain http";
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  Address out{std::string(host), 0};
  const auto end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, out.port);
  if (host.empty() || port.empty() || read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  return out;
}

bool is_origin(std::string_view text) { return origin_fault(text).empty(); }

bool is_format(std::string_view name) {
  return name == kDuration || name == kOrigin || name == kAddress;
}

std::string wrong_format(std::string_view name, const json::Value& value) {
  if (name == kDuration) {
    return duration_ms(value) ? ""
                              : "must be a duration such as \"250ms\", \"20s\", \"5m\" or \"30d\"";
  }
  const std::string text = value.as_text() ? *value.as_text() : std::string();
  if (name == kAddress)
    return parse_address(text) ? "" : "must be an address and port such as \"127.0.0.1:8080\"";
  const std::string fault = origin_fault(text);
  return fault.empty() ? ""
                       : "must be an origin such as \"https://shop.example.org\" (" + fault + ")";
}

}  // namespace convene
