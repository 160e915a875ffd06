// sdk/include/convene/json.hpp - JSON for plugins, from the standard library only.
//
//   auto parsed = convene::json::parse(text);
//   if (!parsed) return fail(parsed.error);
//   std::string_view lang = parsed.value->text("customer.lang", "en");
//   std::string out = convene::json::write(convene::json::object({{"lang", lang}, {"tries", 3}}));
//
// Nothing here throws but std::bad_alloc. Reading is bounded (Limits), accepts exactly RFC 8259
// with valid UTF-8 and without duplicate keys. Writing is canonical: sorted keys, no blanks,
// shortest numbers; equal values give equal bytes.
#pragma once

#include "convene/json_read.hpp"
#include "convene/json_value.hpp"
#include "convene/json_write.hpp"
