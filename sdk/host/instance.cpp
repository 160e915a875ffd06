// sdk/host/instance.cpp - create, start, bind; stop, destroy.
#include "sdk/host/instance.hpp"

#include "sdk/host/memory.hpp"

namespace convene {
namespace {

/// Calls what a plugin gave, whatever it promised: true when nothing was thrown.
template <class Call>
bool contained(Call&& call) {
  try {
    call();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

LoadedPlugin::State::State(PluginDescription d, std::string hash, MeterOptions options)
    : description(std::move(d)),
      sha256(std::move(hash)),
      meter(description.id, std::move(options)) {}

LoadedPlugin::State::~State() {
  void (*const stop)(void*) = plugin.stop;
  void (*const destroy)(void*) = plugin.destroy;
  if (started && !contained([&] { stop(plugin.self); })) {
    meter.log(CONVENE_LOG_ERROR, "plugin.stop_threw", "threw an exception while it stopped");
  }
  if (created && !contained([&] { destroy(plugin.self); })) {
    meter.log(CONVENE_LOG_ERROR, "plugin.destroy_threw",
              "threw an exception while it was destroyed");
  }
  if (gone) gone();
}

Status LoadedPlugin::State::create(const CheckedEntry& entry, std::uint32_t index,
                                   const std::string& config) {
  const convene_plugin* (*const make)(std::uint32_t, const convene_host*, convene_text) =
      entry.create;
  const convene_plugin* made = nullptr;
  const bool quiet = contained([&] {
    made = make(index, meter.host(), {config.data(), config.size()});
  });
  if (!quiet)
    return Error{"plugin.create",
                 "threw an exception while it was created; catch it in the plugin"};
  if (!made) {
    const std::string why = meter.take_blame();
    return Error{"plugin.create",
                 "could not be created: " + (why.empty() ? "it did not say why" : why)};
  }
  if (!read_memory(&plugin, made, sizeof plugin)) {
    return Error{"plugin.tables",
                 "gave an instance that cannot be read; return the address of a convene_plugin"};
  }
  if (!plugin.start || !plugin.extension || !plugin.stop || !plugin.destroy) {
    return Error{
        "plugin.tables",
        "gave an instance with a null function; fill in start, extension, stop and destroy"};
  }
  created = true;
  return ok();
}

Status LoadedPlugin::State::bind(const std::string& extension) {
  const void* (*const ask)(void*, convene_text) = plugin.extension;
  const void* table = nullptr;
  const bool quiet = contained([&] {
    table = ask(plugin.self, {extension.data(), extension.size()});
  });
  if (!quiet) return Error{"plugin.tables", "threw an exception when asked for " + extension};
  if (!table)
    return Error{"plugin.tables",
                 "offers " + extension + " and has no table for it; return it from extension()"};
  const auto read = [&](auto& to) { return read_memory(&to, table, sizeof to); };
  const auto done = [&](bool whole) -> Status {
    if (whole) return ok();
    return Error{"plugin.tables",
                 "has a table of " + extension + " that cannot be read or has a null function"};
  };
  if (extension == CONVENE_ROUTING) {
    convene_routing t{};
    if (!read(t) || !t.decide) return done(false);
    routing.emplace(meter, t, plugin.self).note().label =
        description.id + " " + description.version;
    return ok();
  }
  if (extension == CONVENE_SERVICE) {
    convene_service t{};
    if (!read(t) || !t.step) return done(false);
    return service.emplace(meter, t, plugin.self), ok();
  }
  if (extension == CONVENE_CHANNEL) {
    convene_channel t{};
    if (!read(t) || !t.frame) return done(false);
    return channel.emplace(meter, t, plugin.self), ok();
  }
  convene_adapter t{};
  if (!read(t) || !t.connect || !t.request || !t.leg) return done(false);
  return adapter.emplace(meter, t, plugin.self), ok();
}

Status LoadedPlugin::State::start(const CheckedEntry& entry, std::uint32_t index,
                                  const std::string& config) {
  if (Status made = create(entry, index, config); !made) return made;
  return begin();
}

Status LoadedPlugin::State::start(const convene_plugin& made) {
  plugin = made;
  created = true;
  return begin();
}

Status LoadedPlugin::State::begin() {
  convene_status (*const start_it)(void*) = plugin.start;
  const convene_status status = meter.slow([&] { return start_it(plugin.self); });
  if (status != CONVENE_OK) return Error{"plugin.start", "did not start: " + meter.last_failure()};
  started = true;
  for (const std::string& extension : description.offers) {
    if (Status bound = bind(extension); !bound) return bound;
  }
  return ok();
}

}  // namespace convene
