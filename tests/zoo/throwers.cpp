// tests/zoo/throwers.cpp - plugins in C++ that throw: through the face, which contains it, and past it, which breaks law 4.
#include <stdexcept>

#include "convene/channel.hpp"
#include "convene/routing.hpp"
#include "convene/service.hpp"

namespace {

using namespace convene::sdk;

/// Throws in every function that a class may have; `where` says in which of those around its life.
struct Polite {
  static constexpr std::string_view kConfigSchema =
      R"({"type":"object","properties":{"where":{"enum":["create","start","calls"]}}})";
  explicit Polite(const convene::json::Value& config) : where(config.text("where")) {
    if (where == "create") throw std::runtime_error("the class threw while it was made");
  }
  void start() {
    if (where == "start") throw std::runtime_error("the class threw while it started");
  }
  void stop() { throw std::runtime_error("the class threw while it stopped"); }
  Decision decide(const RoutingRequest&) { throw std::runtime_error("the class threw in decide"); }
  void outcome(const convene_routing_outcome&) { throw 1; }
  void step(const Session&, std::string_view, const Event&, Effects&) { throw "a text"; }
  void frame(const ChannelInput&, ChannelEffects&) { throw Failure("the class failed in frame"); }
  std::string where;
};

/// The same past the face: functions without a guard, forced into tables that promise noexcept.
template <class Promised, class Function>
Promised force(Function* f) {
  return reinterpret_cast<Promised>(f);
}

[[noreturn]] convene_status throw_status() { throw std::runtime_error("raw"); }
convene_status raw_decide(void*, const convene_routing_request*, convene_routing_answer*) {
  return throw_status();
}
void raw_outcome(void*, const convene_routing_outcome*) { throw_status(); }
convene_status raw_step(void*, const convene_session*, convene_text, const convene_service_event*,
                        const convene_service_effects*) {
  return throw_status();
}
convene_status raw_frame(void*, const convene_channel_input*, const convene_channel_effects*) {
  return throw_status();
}
void raw_end(void*) { throw_status(); }
convene_status raw_start(void*) { return throw_status(); }
const void* raw_extension(void*, convene_text) {
  throw_status();
  return nullptr;
}

const convene_routing kRouting = {force<decltype(convene_routing::decide)>(raw_decide),
                                  force<decltype(convene_routing::outcome)>(raw_outcome)};
const convene_service kService = {force<decltype(convene_service::step)>(raw_step)};
const convene_channel kChannel = {force<decltype(convene_channel::frame)>(raw_frame)};

const void* extension(void*, convene_text id) noexcept {
  if (view(id) == CONVENE_ROUTING) return &kRouting;
  if (view(id) == CONVENE_SERVICE) return &kService;
  return view(id) == CONVENE_CHANNEL ? &kChannel : nullptr;
}
convene_status start(void*) noexcept { return CONVENE_OK; }

const convene_plugin kInCalls = {nullptr, &start, &extension,
                                 force<decltype(convene_plugin::stop)>(raw_end),
                                 force<decltype(convene_plugin::destroy)>(raw_end)};
const convene_plugin kInStart = {nullptr, force<decltype(convene_plugin::start)>(raw_start),
                                 &extension, force<decltype(convene_plugin::stop)>(raw_end),
                                 force<decltype(convene_plugin::destroy)>(raw_end)};
const convene_plugin kInExtension = {nullptr, &start,
                                     force<decltype(convene_plugin::extension)>(raw_extension),
                                     force<decltype(convene_plugin::stop)>(raw_end),
                                     force<decltype(convene_plugin::destroy)>(raw_end)};

template <const convene_plugin* Plugin>
const convene_plugin* make(const convene_host*, convene_text) noexcept {
  return Plugin;
}
const convene_plugin* raw_create(const convene_host*, convene_text) {
  throw std::runtime_error("raw");
}

constexpr std::string_view kOffers = "convene.routing/1 convene.service/1 convene.channel/1";
Registration raw(std::string_view id, decltype(Registration::create) create) {
  return {{sizeof(convene_descriptor),
           1,
           0,
           0,
           text(id),
           text("1.0.0"),
           text("Throws."),
           text(kOffers),
           {},
           {}},
          create};
}

const Registration kAll[] = {plugin<Polite>("polite", "1.0.0", "Throws inside its class."),
                             raw("raw_calls", &make<&kInCalls>), raw("raw_start", &make<&kInStart>),
                             raw("raw_extension", &make<&kInExtension>),
                             raw("raw_create", force<decltype(Registration::create)>(raw_create))};

const convene_descriptor* describe(std::uint32_t i) noexcept { return &kAll[i].descriptor; }
const convene_plugin* create(std::uint32_t i, const convene_host* host, convene_text config) {
  const convene_plugin* (*make)(const convene_host*, convene_text) = kAll[i].create;
  return make(host, config);
}

}  // namespace

extern "C" CONVENE_EXPORT const convene_entry convene_entry_v1 = {
    sizeof(convene_entry),      CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR,
    sizeof kAll / sizeof *kAll, &describe,         force<decltype(convene_entry::create)>(create)};
