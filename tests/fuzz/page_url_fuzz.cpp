// tests/fuzz/page_url_fuzz.cpp - addresses that are pushed: whatever passes is plain and leads to a listed host.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/channel_page/page_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view url(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string_view> hosts{"localhost", "shop.example", "*.example.org",
                                            "pay.example:8443"};
  if (convene::page::check(url, hosts) != convene::page::Refusal::none) return 0;

  // A second, cruder reading: the text between "://" and the next of ":/?#" is a listed name.
  const std::size_t begin = url.find("://") + 3;
  const std::string_view host = url.substr(begin, url.find_first_of(":/?#", begin) - begin);
  const bool listed = host == "localhost" || host == "shop.example" || host == "pay.example" ||
                      (host.size() > 12 && host.substr(host.size() - 12) == ".example.org");
  const bool web = url.substr(0, 7) == "http://" || url.substr(0, 8) == "https://";
  if (!listed || !web || url.find_first_of("\\ \t\r\n\"<>") != std::string_view::npos) std::abort();
  return 0;
}
