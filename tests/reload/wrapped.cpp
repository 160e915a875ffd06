// tests/reload/wrapped.cpp - puts a number before what a service saves.
#include "tests/reload/wrapped.hpp"

#include <string>

#include "convene/plugin.hpp"

namespace convene::test {
namespace {

Extension<convene_service> g_inner;  // what the next instance wraps

struct Wrapped {
  convene_plugin table{};
  Extension<convene_service> inner;
  char version = '0';
  // During a step:
  const convene_service_effects* outer = nullptr;
};

Wrapped* g_stepping = nullptr;  // one lane

convene_status save(void* self, convene_text state) noexcept {
  const std::string marked = g_stepping->version + std::string(state.data, state.size);
  return g_stepping->outer->save_state(self, {marked.data(), marked.size()});
}

convene_status step(void* self, const convene_session* session, convene_text state,
                    const convene_service_event* event,
                    const convene_service_effects* effects) noexcept {
  auto& wrapped = *static_cast<Wrapped*>(self);
  if (state.size > 0) {
    if (state.data[0] != wrapped.version) return CONVENE_E_STATE;
    ++state.data, --state.size;
  }
  convene_service_effects mine = *effects;
  mine.save_state = &save;
  wrapped.outer = effects;
  g_stepping = &wrapped;
  return wrapped.inner.table->step(wrapped.inner.self, session, state, event, &mine);
}

constexpr convene_service kService = {&step};

template <char Version>
const convene_plugin* create(std::uint32_t, const convene_host*, convene_text) noexcept {
  auto* made = new Wrapped;
  made->inner = g_inner;
  made->version = Version;
  made->table = {made, [](void*) noexcept -> convene_status { return CONVENE_OK; },
                 [](void*, convene_text) noexcept -> const void* { return &kService; },
                 [](void*) noexcept {},
                 [](void* self) noexcept { delete static_cast<Wrapped*>(self); }};
  return &made->table;
}

template <char Version>
constexpr char kText[] = {Version, '.', '0', '.', '0', 0};
template <char Version>
constexpr convene_descriptor kDescriptor = {sizeof(convene_descriptor),
                                            CONVENE_ABI_MAJOR,
                                            CONVENE_ABI_MINOR,
                                            Version - '0',
                                            sdk::text("service_rendezvous"),
                                            sdk::text(kText<Version>),
                                            sdk::text("Wraps the real one."),
                                            sdk::text(CONVENE_SERVICE),
                                            {},
                                            {}};
template <char Version>
constexpr convene_entry kEntry = {sizeof(convene_entry),
                                  CONVENE_ABI_MAJOR,
                                  CONVENE_ABI_MINOR,
                                  1,
                                  [](std::uint32_t) noexcept { return &kDescriptor<Version>; },
                                  &create<Version>};

const convene_entry& entry(unsigned version) {
  static constexpr const convene_entry* kEntries[] = {&kEntry<'2'>, &kEntry<'3'>, &kEntry<'4'>,
                                                      &kEntry<'5'>, &kEntry<'6'>, &kEntry<'7'>,
                                                      &kEntry<'8'>, &kEntry<'9'>};
  return *kEntries[(version - 2) % 8];
}

}  // namespace

std::unique_ptr<LoadedPlugin> wrap_service(Loader& loader, Extension<convene_service> inner,
                                           unsigned version) {
  g_inner = inner;
  auto made = loader.adopt(entry(version), {.id = "service_rendezvous", .beside = true});
  return made ? std::move(*made) : nullptr;
}

}  // namespace convene::test
