// tests/abi/layout_cpp.cpp - the pins, seen by a C++ compiler, and that the boundary is plain data without throws.
#include <type_traits>

#include "tests/abi/layout.h"

template <class... Types>
constexpr bool kPlain = ((std::is_trivial_v<Types> && std::is_standard_layout_v<Types>)&&...);

static_assert(kPlain<convene_text, convene_sink, convene_host, convene_descriptor, convene_plugin,
                     convene_entry>);
static_assert(
    kPlain<convene_skill, convene_candidate, convene_routing_request, convene_routing_answer,
           convene_routing_outcome, convene_routing, convene_scores>);
static_assert(kPlain<convene_leg, convene_session, convene_service_event, convene_service_effects,
                     convene_service>);
static_assert(kPlain<convene_channel_input, convene_channel_effects, convene_channel>);
static_assert(kPlain<convene_adapter_request, convene_adapter_bus, convene_adapter>);

// Law 4: every function on the boundary says noexcept.
template <class Function>
constexpr bool kQuiet = false;
template <class Result, class... Args>
constexpr bool kQuiet<Result (*)(Args...) noexcept> = true;
static_assert(kQuiet<decltype(convene_sink::write)> && kQuiet<decltype(convene_host::fail)>);
static_assert(kQuiet<decltype(convene_plugin::start)> && kQuiet<decltype(convene_plugin::destroy)>);
static_assert(kQuiet<decltype(convene_entry::descriptor)> &&
              kQuiet<decltype(convene_entry::create)>);
static_assert(kQuiet<decltype(convene_routing::decide)> &&
              kQuiet<decltype(convene_routing::outcome)>);
static_assert(kQuiet<decltype(convene_scores::give)>);
static_assert(kQuiet<decltype(convene_service::step)> &&
              kQuiet<decltype(convene_service_effects::end)>);
static_assert(kQuiet<decltype(convene_channel::frame)> &&
              kQuiet<decltype(convene_channel_effects::record)>);
static_assert(kQuiet<decltype(convene_adapter::request)> &&
              kQuiet<decltype(convene_adapter_bus::reply)>);
