// adapters/web/http.hpp - a request and a response as the API sees them: plain values, no socket, no Beast.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/web/headers.hpp"
#include "adapters/web/target.hpp"

namespace convene::web {

enum class Method { get, head, post, patch, del, options, other };

/// "GET"; HEAD is GET to the routes.
std::string_view method_name(Method method);

/// Headers that we read; each is empty where it did not come. Everything else in a request is ignored.
struct Request {
  Method method = Method::get;
  Target target;
  std::string origin, cookie, authorization, client, content_type, idempotency_key;
  std::string body;
  std::string network;  ///< Who misses are counted against (throttle.hpp).
  std::string fetch_site =
      {};                 ///< Sec-Fetch-Site: where a browser says that the request comes from.
  bool for_eyes = false;  ///< Accept names text/html: a browser shows the answer to somebody.
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::shared_ptr<const std::string> file;  ///< Instead of `body`.
  HeaderList headers;                       ///< Besides those that every response has.
  bool for_ever = false;                    ///< May be cached: its name changes with its content.
  int fresh_s = 0;                          ///< May be cached for so many seconds; 0: not at all.
  bool for_others = false;                  ///< Other origins may load it.
};
using Respond = std::function<void(Response)>;

/// {"code","text"} with the status that belongs to it.
Response refusal(int status, std::string_view code, std::string_view text);
/// 503 or 429 with Retry-After, in whole seconds and at least one.
Response later(int status, std::string_view code, std::string_view text,
               std::int64_t retry_after_ms);

}  // namespace convene::web
