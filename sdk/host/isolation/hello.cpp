// sdk/host/isolation/hello.cpp - a description as JSON and back.
#include "sdk/host/isolation/hello.hpp"

#include <algorithm>

#include "sdk/host/entry_check.hpp"
#include "sdk/host/isolation/frames.hpp"
#include "sdk/host/isolation/values.hpp"

namespace convene::isolation {

std::string write_hello(const PluginDescription& d) {
  bus::JsonText to;
  to.open().key("versions").open_array().number(kVersion).close_array();
  to.key("id").text(d.id).key("version").text(d.version).key("summary").text(d.summary);
  to.key("offers").texts(d.offers).key("config_schema").text(d.config_schema);
  to.key("state_schema").text(d.state_schema).key("state_version").number(d.state_version);
  to.close();
  return to.take();
}

Result<PluginDescription> read_hello(std::string_view body) {
  const json::Parsed parsed = json::parse(body, {.bytes = kBodyMax});
  if (!parsed) return Error{"host.hello", "says a hello that is no JSON: " + parsed.error};
  const json::Value& hello = *parsed.value;
  const auto& versions = hello.array("versions");
  const bool spoken = std::any_of(versions.begin(), versions.end(), [](const json::Value& v) {
    return v.as_int() && *v.as_int() == kVersion;
  });
  if (!spoken) return Error{"host.hello", "does not speak version 1 of WIRE.md; say versions [1]"};
  std::string offers;
  for (const json::Value& offer : hello.array("offers")) {
    if (!offer.as_text()) return Error{"host.hello", "says offers that are no texts"};
    offers += (offers.empty() ? "" : " ") + *offer.as_text();
  }
  Bytes decoded;
  convene_descriptor d{};
  Members in(hello, decoded);
  in.read("id", d.id).read("version", d.version).read("summary", d.summary);
  in.read("config_schema", d.config_schema).read("state_schema", d.state_schema);
  in.read("state_version", d.state_version);
  if (!in.fine()) return Error{"host.hello", "says a hello with a wrong \"" + in.what() + "\""};
  d.size = sizeof d, d.abi_major = CONVENE_ABI_MAJOR, d.abi_minor = CONVENE_ABI_MINOR;
  d.offers = {offers.data(), offers.size()};
  return check_descriptor(d);
}

}  // namespace convene::isolation
