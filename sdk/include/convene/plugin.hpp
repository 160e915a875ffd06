// sdk/include/convene/plugin.hpp - from a C++ class to a plugin: registration, configuration, and
// the guard of law 4.
//
// A plugin is a class and one line. The class offers what it can: `decide` makes it a routing
// policy, `step` a service, `frame` a channel, `request` an adapter; the headers routing.hpp,
// service.hpp, channel.hpp and adapter.hpp say with which arguments. Include those that you need,
// write the class, then
//
//   CONVENE_PLUGIN(LongestIdle, "policy_longest_idle", "1.0.0",
//                  "Gives the longest idle agent first.")
//
// or, for several plugins in one library,
//
//   CONVENE_PLUGINS(convene::sdk::plugin<A>("a", "1.0.0", "Does a."),
//                   convene::sdk::plugin<B>("b", "1.0.0", "Does b."))
//
// The class may be made from nothing, from `const json::Value&` (its configuration, checked against
// its schema), from `Host`, or from both in the order (Host, const json::Value&). It may declare
//
//   static constexpr std::string_view kConfigSchema = R"({...})";  // JSON Schema of the settings
//   static constexpr std::string_view kStateSchema = R"({...})";   // of the state that it leaves
//   static constexpr std::uint32_t kStateVersion = 1;              // another shape, another version
//   void start(); void stop();                                     // before and after its calls
//
// Within that schema, "$defs": {"flow": {...}} is the schema of what a flow says to a service
// ([flow.NAME.settings]) or a channel ([flow.NAME.channel.CHANNEL]): what does not satisfy it is
// refused when the configuration is read, with file and line. "format": "convene-duration" is 1500
// (ms) or "250ms", "20s", "5m", "30d"; "convene-origin" is a web site's, "convene-address" "HOST:PORT".
//
// A throw never leaves the class: sdk::Failure becomes CONVENE_E_FAILED, sdk::UnknownState
// CONVENE_E_STATE, anything else CONVENE_E_THROWN; the text of either reaches the operator through convene_host.fail, so let it
// name the remedy.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "convene/abi.h"
#include "convene/json.hpp"

namespace convene::sdk {

/// A view of the boundary as one of C++, and back. Both live as long as what they point at (law 3).
inline std::string_view view(convene_text t) {
  return t.data ? std::string_view(t.data, t.size) : std::string_view();
}
constexpr convene_text text(std::string_view s) { return {s.data(), s.size()}; }

/// What a plugin throws when it cannot: one sentence that names the remedy.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a service throws when it is given a state of a schema that it does not know: CONVENE_E_STATE.
struct UnknownState : Failure {
  using Failure::Failure;
};

/// The host, as a plugin sees it. Copy it freely; it is valid as long as the plugin.
class Host {
 public:
  explicit Host(const convene_host* host = nullptr) : host_(host) {}
  /// `id` is stable ("policy_skills.no_levels"); no name, number, secret or identifier in either
  /// text.
  void log(int level, std::string_view id, std::string_view message) const noexcept {
    if (host_) host_->log(host_->self, level, text(id), text(message));
  }
  void fail(std::string_view message) const noexcept {  // why a status is no CONVENE_OK
    if (host_) host_->fail(host_->self, text(message));
  }

 private:
  const convene_host* host_;
};

/// Runs `body` and turns whatever it throws into a status (law 4).
template <class Body>
convene_status guarded(const Host& host, Body&& body) noexcept {
#ifdef __cpp_exceptions
  try {
    return std::forward<Body>(body)();
  } catch (const UnknownState& unknown) {
    host.fail(unknown.what());
    return CONVENE_E_STATE;
  } catch (const Failure& failure) {
    host.fail(failure.what());
    return CONVENE_E_FAILED;
  } catch (const std::exception& thrown) {
    host.fail(thrown.what());
    return CONVENE_E_THROWN;
  } catch (...) {
    host.fail("the plugin threw something that is no std::exception");
    return CONVENE_E_THROWN;
  }
#else
  (void)host;
  return std::forward<Body>(body)();
#endif
}

/// What makes an instance of T: the class itself, the host, and the table that C sees. Its address
/// is every `self`.
template <class T>
struct Instance {
  convene_plugin table;
  Host host;
  T object;
};

/// An extension that classes may offer. routing.hpp and its sisters specialise it for their number
/// with the extension's id, the condition under which T offers it, and the table of C functions
/// around T.
template <int Number>
struct Face {
  static constexpr std::string_view kId = "";
  template <class T>
  static constexpr bool kOfferedBy = false;
  template <class T>
  static const void* table() {
    return nullptr;
  }
};
inline constexpr int kRoutingFace = 0, kServiceFace = 1, kChannelFace = 2, kAdapterFace = 3,
                     kFaces = 4;

namespace detail {

struct Ids {
  std::array<char, 128> chars{};
  std::size_t size = 0;
  constexpr std::string_view text() const { return {chars.data(), size}; }
};

template <class T, int N>
constexpr void append_id(Ids& ids) {
  if (!Face<N>::template kOfferedBy<T>) return;
  if (ids.size) ids.chars[ids.size++] = ' ';
  for (const char c : Face<N>::kId) ids.chars[ids.size++] = c;
}

/// The ids of all extensions that T offers, separated by blanks.
template <class T>
constexpr Ids offered() {
  Ids ids;
  append_id<T, 0>(ids), append_id<T, 1>(ids), append_id<T, 2>(ids), append_id<T, 3>(ids);
  return ids;
}

/// Never named by a plugin; the dummy keeps `offered` from being looked at before all faces are
/// known.
template <class T>
struct Offered {
  static constexpr Ids kIds = offered<T>();
};

template <class T, int N>
const void* find_table(std::string_view id) noexcept {
  if constexpr (Face<N>::template kOfferedBy<T>) {
    if (id == Face<N>::kId) return Face<N>::template table<T>();
  }
  if constexpr (N + 1 < kFaces) {
    return find_table<T, N + 1>(id);
  } else {
    return nullptr;
  }
}

template <class T>
constexpr std::string_view config_schema() {
  if constexpr (requires { T::kConfigSchema; }) return T::kConfigSchema;
  return {};
}
template <class T>
constexpr std::string_view state_schema() {
  if constexpr (requires { T::kStateSchema; }) return T::kStateSchema;
  return {};
}
template <class T>
constexpr std::uint32_t state_version() {
  if constexpr (requires { T::kStateVersion; }) return T::kStateVersion;
  return 0;
}

template <class T>
T make(const Host& host, const json::Value& config) {
  if constexpr (std::constructible_from<T, Host, const json::Value&>) {
    return T(host, config);
  } else if constexpr (std::constructible_from<T, const json::Value&>) {
    return T(config);
  } else if constexpr (std::constructible_from<T, Host>) {
    return T(host);
  } else {
    static_assert(std::default_initializable<T>,
                  "a plugin is made from (), (config), (host) or (host, config)");
    return T();
  }
}

template <class T>
const convene_plugin* create(const convene_host* raw, convene_text config) noexcept {
  const Host host(raw);
  const convene_plugin* made = nullptr;
  guarded(host, [&] {
    const json::Parsed read = json::parse(config.size ? view(config) : std::string_view("{}"));
    if (!read) {
      host.fail("the configuration is not JSON: " + read.error);
      return CONVENE_E_INVALID;
    }
    auto* it = new Instance<T>{{}, host, make<T>(host, *read.value)};
    it->table = {
        it,
        [](void* self) noexcept -> convene_status {
          auto& instance = *static_cast<Instance<T>*>(self);
          return guarded(instance.host, [&] {
            if constexpr (requires { instance.object.start(); }) instance.object.start();
            return CONVENE_OK;
          });
        },
        [](void*, convene_text id) noexcept -> const void* { return find_table<T, 0>(view(id)); },
        [](void* self) noexcept {
          auto& instance = *static_cast<Instance<T>*>(self);
          guarded(instance.host, [&] {
            if constexpr (requires { instance.object.stop(); }) instance.object.stop();
            return CONVENE_OK;
          });
        },
        [](void* self) noexcept { delete static_cast<Instance<T>*>(self); },
    };
    made = &it->table;
    return CONVENE_OK;
  });
  return made;
}

}  // namespace detail

/// One line of a library's register.
struct Registration {
  convene_descriptor descriptor;
  const convene_plugin* (*create)(const convene_host*, convene_text) noexcept;
};

template <class T>
constexpr Registration plugin(std::string_view id, std::string_view version,
                              std::string_view summary) {
  static_assert(detail::Offered<T>::kIds.size > 0,
                "the class offers nothing: include the header of its kind (routing.hpp, "
                "service.hpp, channel.hpp or "
                "adapter.hpp) before this line, and give it the function that the header asks for");
  return {
      {sizeof(convene_descriptor), CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR, detail::state_version<T>(),
       text(id), text(version), text(summary), text(detail::Offered<T>::kIds.text()),
       text(detail::config_schema<T>()), text(detail::state_schema<T>())},
      &detail::create<T>};
}

}  // namespace convene::sdk

#define CONVENE_PLUGINS(...)                                                               \
  namespace {                                                                              \
  constexpr ::convene::sdk::Registration kConvenePlugins[] = {__VA_ARGS__};                \
  constexpr ::std::uint32_t kConvenePluginCount =                                          \
      sizeof kConvenePlugins / sizeof *kConvenePlugins;                                    \
  }                                                                                        \
  extern "C" CONVENE_EXPORT const convene_entry convene_entry_v1 = {                       \
      sizeof(convene_entry),                                                               \
      CONVENE_ABI_MAJOR,                                                                   \
      CONVENE_ABI_MINOR,                                                                   \
      kConvenePluginCount,                                                                 \
      [](std::uint32_t index) noexcept -> const convene_descriptor* {                      \
        return index < kConvenePluginCount ? &kConvenePlugins[index].descriptor : nullptr; \
      },                                                                                   \
      [](std::uint32_t index, const convene_host* host,                                    \
         convene_text config) noexcept -> const convene_plugin* {                          \
        return index < kConvenePluginCount ? kConvenePlugins[index].create(host, config)   \
                                           : nullptr;                                      \
      }};

#define CONVENE_PLUGIN(Class, id, version, summary) \
  CONVENE_PLUGINS(::convene::sdk::plugin<Class>(id, version, summary))
