// tests/fuzz/plugin_orders_fuzz.cpp - what a console asks of plugins is bounded or refused, and no text but the very
// one that was signed is a signature.
// Links: convene_host Boost::json PkgConfig::SODIUM
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/app/plugin_requests.cpp"
#include "sdk/host/signing.cpp"

namespace {

using namespace convene;

void check(bool holds) {
  if (!holds) std::abort();
}

void take_order(std::string_view body) {
  const auto wish = app::read_reload_wish(body);
  if (!wish) return check(wish.error().code == "malformed");
  check(is_plugin_id(wish->plugin) && wish->file.size() <= 128);
  check(wish->trial.shadow <= 1'000'000 && wish->trial.canary <= 10'000);
}

void take_signature(std::string_view text) {
  static const std::string sha256(64, 'a');
  static const SigningKeys keys = *make_signing_keys();
  static const std::string good = *sign(sha256, keys.secret_key);
  check(!check_signature(text, sha256, {keys.public_key}, "x.so") || text == good);
  // The same with the key that is trusted, so that what follows it is looked at as well.
  const std::string ours = good.substr(0, good.find("sha256 ")) + std::string(text);
  check(!check_signature(ours, sha256, {keys.public_key}, "x.so") || ours == good);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  take_order(text);
  take_signature(text);
  return 0;
}
