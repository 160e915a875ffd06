// sdk/host/guard_adapter.cpp - an adapter's requests, each answered exactly once (law 5).
#include "convene/json.hpp"
#include "sdk/host/guard.hpp"

namespace convene {
namespace {

constexpr std::size_t kNameMax = 128;
constexpr std::size_t kBodyMax = std::size_t{1} << 20;
constexpr std::size_t kOpenMax = 4096;  ///< Requests that an adapter may have in hand at once.

/// Every body on the bus is an object.
bool is_body(convene_text t) {
  if (!is_text(t) || t.size > kBodyMax) return false;
  const json::Parsed body = json::parse(text_of(t));
  return body && body.value->as_object();
}

}  // namespace

/// The bus's functions; [any]: several threads may be in here at once.
struct AdapterGuard::Table {
  static convene_status reply(void* self, std::uint64_t token, std::int32_t ok,
                              convene_text body) noexcept {
    auto& guard = *static_cast<AdapterGuard*>(self);
    if (!is_body(body) || !guard.settle(token)) return CONVENE_E_INVALID;
    return guard.outer_->reply(guard.outer_->self, token, ok, body);
  }
  static convene_status event(void* self, convene_text name, convene_text body) noexcept {
    auto& guard = *static_cast<AdapterGuard*>(self);
    if (!is_text(name) || name.size == 0 || name.size > kNameMax || !is_body(body))
      return CONVENE_E_INVALID;
    return guard.outer_->event(guard.outer_->self, name, body);
  }
  static convene_status leg(void* self, convene_text body) noexcept {
    auto& guard = *static_cast<AdapterGuard*>(self);
    return is_body(body) ? guard.outer_->leg(guard.outer_->self, body) : CONVENE_E_INVALID;
  }
};

AdapterGuard::AdapterGuard(Meter& meter, const convene_adapter& inner, void* self)
    : meter_(meter),
      inner_(inner),
      self_(self),
      mine_{this, &Table::reply, &Table::event, &Table::leg} {}

Extension<convene_adapter> AdapterGuard::face() {
  static constexpr convene_adapter kTable = {
      [](void* self, const convene_adapter_bus* bus) noexcept {
        return static_cast<AdapterGuard*>(self)->connect(bus);
      },
      [](void* self, const convene_adapter_request* request) noexcept {
        return static_cast<AdapterGuard*>(self)->request(request);
      },
      [](void* self, convene_text body) noexcept { static_cast<AdapterGuard*>(self)->leg(body); },
  };
  return {&kTable, this};
}

/// Whether the answer may still be given: nobody waits for one that is late.
bool AdapterGuard::settle(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  const auto owed = open_.extract(token);
  return owed && std::chrono::steady_clock::now() < owed.mapped();
}

convene_status AdapterGuard::connect(const convene_adapter_bus* bus) noexcept {
  convene_status (*const inner)(void*, const convene_adapter_bus*) = inner_.connect;
  outer_ = bus;
  return meter_.slow([&] { return inner(self_, &mine_); });
}

convene_status AdapterGuard::request(const convene_adapter_request* request) noexcept {
  convene_status (*const inner)(void*, const convene_adapter_request*) = inner_.request;
  if (request->token == 0)  // a notice, which nobody answers
    return meter_.slow([&] { return inner(self_, request); });
  {
    using std::chrono::milliseconds, std::chrono::steady_clock;
    const std::lock_guard lock(mutex_);
    if (open_.size() >= kOpenMax)
      std::erase_if(open_, [](const auto& owed) { return owed.second <= steady_clock::now(); });
    if (open_.size() >= kOpenMax) return CONVENE_E_LIMIT;
    const auto until = steady_clock::now() + milliseconds(request->deadline_ms);
    if (!open_.emplace(request->token, until).second) return CONVENE_E_INVALID;
  }
  const convene_status status = meter_.slow([&] { return inner(self_, request); });
  // A failure is the answer; if the plugin has answered as well, that one answer has gone out and
  // counts.
  if (status != CONVENE_OK && !settle(request->token)) return CONVENE_OK;
  return status;
}

void AdapterGuard::leg(convene_text body) noexcept {
  void (*const inner)(void*, convene_text) = inner_.leg;
  meter_.slow([&] {
    inner(self_, body);
    return CONVENE_OK;
  });
}

}  // namespace convene
