// adapters/web/http.cpp - responses that several handlers give.
#include "adapters/web/http.hpp"

#include "adapters/web/json_text.hpp"

namespace convene::web {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "";
}

Response refusal(int status, std::string_view code, std::string_view text) {
  Response r;
  r.status = status;
  r.body = JsonOut().put("code", code).put("text", text).done();
  return r;
}

Response later(int status, std::string_view code, std::string_view text,
               std::int64_t retry_after_ms) {
  Response r = refusal(status, code, text);
  const std::int64_t seconds = retry_after_ms <= 1000 ? 1 : (retry_after_ms + 999) / 1000;
  r.headers.emplace_back("Retry-After", std::to_string(seconds));
  return r;
}

}  // namespace convene::web
