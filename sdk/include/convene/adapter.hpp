// sdk/include/convene/adapter.hpp - the C++ face of adapter.h: a class with `connect` and `request`.
//
//   class Crm {
//    public:
//     void connect(convene::sdk::AdapterBus bus) { bus_ = bus; }
//     void request(const convene::sdk::AdapterRequest& r) {
//       bus_.reply(r.token(), R"({"known":false})");
//     }
//    private:
//     convene::sdk::AdapterBus bus_;
//   };
//   CONVENE_PLUGIN(Crm, "crm_nobody", "1.0.0", "A CRM that knows nobody.")
//
// Also `void leg(std::string_view body)`, when it speaks for legs. An adapter of its own is made with
// `convene new adapter NAME`.
#pragma once

#include <string>
#include <string_view>

#include "convene/adapter.h"
#include "convene/plugin.hpp"

namespace convene::sdk {

/// A request from the core. A view: copy what outlives the call.
class AdapterRequest {
 public:
  explicit AdapterRequest(const convene_adapter_request& r) : r_(&r) {}
  std::uint64_t token() const { return r_->token; }
  bool is_notice() const { return r_->token == 0; }  ///< Wants no answer.
  std::string_view name() const { return view(r_->name); }
  std::string_view idempotency_key() const { return view(r_->idempotency_key); }
  std::string_view body() const { return view(r_->body); }  ///< JSON.
  std::int64_t deadline_ms() const { return r_->deadline_ms; }  ///< From now.

 private:
  const convene_adapter_request* r_;
};

/// What an adapter may say, on any thread. False: the host did not take it. Empty until `connect`.
class AdapterBus {
 public:
  AdapterBus() = default;
  explicit AdapterBus(const convene_adapter_bus* bus) : bus_(bus) {}
  bool reply(std::uint64_t token, std::string_view body) const { return say_reply(token, 1, body); }
  /// Answers that it could not be done. Both texts are encoded here.
  bool refuse(std::uint64_t token, std::string_view code, std::string_view why) const {
    return say_reply(token, 0, json::write(json::object({{"code", code}, {"text", why}})));
  }
  bool event(std::string_view name, std::string_view body) const {
    return bus_ && bus_->event(bus_->self, text(name), text(body)) == CONVENE_OK;
  }
  bool leg(std::string_view body) const {
    return bus_ && bus_->leg(bus_->self, text(body)) == CONVENE_OK;
  }

 private:
  bool say_reply(std::uint64_t token, int ok, std::string_view body) const {
    return bus_ && bus_->reply(bus_->self, token, ok, text(body)) == CONVENE_OK;
  }
  const convene_adapter_bus* bus_ = nullptr;
};

template <>
struct Face<kAdapterFace> {
  static constexpr std::string_view kId = CONVENE_ADAPTER;
  template <class T>
  static constexpr bool kOfferedBy = requires(T& t, AdapterBus bus, const AdapterRequest& r) {
    t.connect(bus);
    t.request(r);
  };

  template <class T>
  static convene_status connect(void* self, const convene_adapter_bus* bus) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    return guarded(instance.host, [&] {
      instance.object.connect(AdapterBus(bus));
      return CONVENE_OK;
    });
  }

  template <class T>
  static convene_status request(void* self, const convene_adapter_request* request) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    return guarded(instance.host, [&] {
      instance.object.request(AdapterRequest(*request));
      return CONVENE_OK;
    });
  }

  template <class T>
  static void leg(void* self, convene_text body) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    guarded(instance.host, [&] {
      if constexpr (requires { instance.object.leg(view(body)); }) instance.object.leg(view(body));
      return CONVENE_OK;
    });
  }

  template <class T>
  static const void* table() {
    static constexpr convene_adapter kTable = {&connect<T>, &request<T>, &leg<T>};
    return &kTable;
  }
};

}  // namespace convene::sdk
