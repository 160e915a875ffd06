// core/journal/items.cpp - items as bytes and back.
#include "core/journal/items.hpp"

#include <sodium.h>

namespace convene::journal {
namespace {

/// Kind and size stand before the fields; the size is known only after them.
template <class Fill>
void append_framed(std::uint64_t kind, std::string& out, Fill fill) {
  static thread_local std::string body;  // kept for its memory
  body.clear();
  fill(body);
  store::ByteWriter w(out);
  w.number(kind);
  w.text(body);
}

template <std::size_t... I>
bool read_alternative(std::uint64_t kind, std::string_view body, Item& item,
                      std::index_sequence<I...>) {
  bool read = false;
  const auto one = [&]<std::size_t N>() {
    if (kind != N) return;
    Reading reading(body);
    fields(item.emplace<N>(), reading);
    read = reading.finished();
  };
  (one.template operator()<I>(), ...);
  return read;
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> out;
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

}  // namespace

void append(const Item& item, std::string& out) {
  append_framed(item.index(), out, [&](std::string& body) {
    Writing writing(body);
    std::visit([&](const auto& one) { fields(one, writing); }, item);
  });
}

void append_applied(Time now, const Input& input, std::string& out) {
  static const std::size_t kKind = Item(Applied{}).index();
  append_framed(kKind, out, [&](std::string& body) {
    Writing writing(body);
    writing.put(now);
    writing.put(input);
  });
}

bool take(std::string_view& in, Item& item) {
  store::ByteReader r(in);
  const std::uint64_t kind = r.within(0, std::variant_size_v<Item> - 1);
  const std::string_view body = r.text();
  if (!r.good()) return false;
  in.remove_prefix(static_cast<std::size_t>(body.data() + body.size() - in.data()));
  return read_alternative(kind, body, item, std::make_index_sequence<std::variant_size_v<Item>>());
}

bool note(const PluginMark& mark, std::vector<PluginRecord>& plugins) {
  if (mark.canary_ppm != 0 || mark.what == "refused") return false;
  bool another = false;
  for (PluginRecord& known : plugins) {
    if (known.id != mark.id) continue;
    another = known.file != mark.file || known.sha256 != mark.sha256 || known.config != mark.config;
    known = {mark.id, mark.label, mark.file, mark.sha256, mark.config};
  }
  return another;
}

Settings settings_of(const EngineSettings& settings, std::vector<PluginRecord> plugins) {
  return {settings.flows,
          settings.agents,
          settings.limits,
          settings.keep,
          settings.config_hash,
          keys_of(settings.routing),
          keys_of(settings.services),
          std::move(plugins)};
}

EngineSettings engine_settings(const Settings& settings) {
  EngineSettings out;
  out.flows = settings.flows;
  out.agents = settings.agents;
  out.limits = settings.limits;
  out.keep = settings.keep;
  out.config_hash = settings.config_hash;
  return out;
}

std::string config_hash(const EngineSettings& settings, const std::vector<PluginRecord>& plugins) {
  Settings all = settings_of(settings, plugins);
  all.config_hash.clear();
  std::string bytes;
  Writing(bytes).put(all);
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  char hex[13];
  sodium_bin2hex(hex, sizeof hex, hash, 6);
  return hex;
}

}  // namespace convene::journal
