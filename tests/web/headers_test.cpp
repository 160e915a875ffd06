// tests/web/headers_test.cpp - headers and cookies on every kind of response (F7, E6).
#include "tests/web/fixture.hpp"

namespace convene::test {

std::string header_faults(const Response& r) {
  std::string faults;
  const auto want = [&](bool good, const char* what) {
    if (!good) faults += std::string(what) + "; ";
  };
  const std::string csp = r.header("Content-Security-Policy"),
                    hsts = r.header("Strict-Transport-Security");
  want(hsts.starts_with("max-age=") && std::stoll(hsts.substr(8)) >= 31'536'000,
       "HSTS below a year");
  for (const char* part :
       {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors "})
    want(csp.find(part) != csp.npos, part);
  want(csp.find("unsafe") == csp.npos, "unsafe CSP");
  want(r.header("X-Content-Type-Options") == "nosniff", "nosniff");
  want(r.header("Referrer-Policy") == "no-referrer", "Referrer-Policy");
  want(r.header("Cross-Origin-Opener-Policy") == "same-origin", "COOP");
  const std::string cache = r.header("Cache-Control");
  want(cache == "no-store" || cache.find("immutable") != cache.npos, "Cache-Control");
  want(r.header("Server").empty(), "says what it runs");
  for (const std::string& cookie : r.all("Set-Cookie")) {
    want(cookie.starts_with("__Host-convene-"), "cookie's prefix");
    for (const char* flag : {"; Secure", "; HttpOnly", "; Path=/", "; SameSite=", "; Max-Age="})
      want(cookie.find(flag) != cookie.npos, flag);
    want(cookie.find("Domain") == cookie.npos, "cookie with Domain");
    want(cookie.size() <= 4096, "cookie's size");
    const auto age = cookie.find("Max-Age=");
    if (age != cookie.npos)
      want(std::stoll(cookie.substr(age + 8)) <= 400LL * 86'400, "cookie lives over 400 days");
    want((cookie.find("desk=") != cookie.npos) == (cookie.find("SameSite=Strict") != cookie.npos),
         "SameSite");
  }
  return faults;
}

namespace {

struct WebHeaders : RunningSite {};

TEST_F(WebHeaders, AreOnEveryResponseOfWhateverStatus) {
  HttpClient http(site().port());
  std::map<int, int> statuses;
  int checked = 0, cookies = 0;
  const auto check = [&](const Response& r, const std::string& what) {
    ASSERT_NE(r.status, 0) << what;
    EXPECT_EQ(header_faults(r), "") << what << " " << r.status;
    ++statuses[r.status];
    ++checked;
    cookies += static_cast<int>(r.all("Set-Cookie").size());
  };
  for (const char* path :
       {"/", "/r/", "/r/abcdefghABCDEFGH", "/desk", "/desk/", "/client/convene.js",
        "/pages/pages.css", "/healthz", "/readyz", "/metrics", "/api/openapi.json", "/nowhere",
        "/client/../x", "/api/v1/rendezvous", "/r/abcdefghABCDEFGH.ics",
        "/r/?s=AAAAAAAAAAAAAAAAAAAAAA", "/api/v1/leg"}) {
    check(http.get(path), path);
    check(http.request("HEAD", path, ""), std::string("HEAD ") + path);
    check(http.request("OPTIONS", path, ""), std::string("OPTIONS ") + path);
    check(http.request("DELETE", path, ""), std::string("DELETE ") + path);
  }
  check(http.request("POST", "/api/v1/rendezvous", "{", own()), "malformed");
  check(http.request("POST", "/api/v1/rendezvous", "{}", {{"Content-Type", "text/plain"}}), "415");
  check(http.request("POST", "/api/v1/rendezvous", R"({"flow":"none"})", own()), "unknown flow");
  check(http.request("POST", "/api/v1/rendezvous", std::string(70'000, 'x'), own()), "too large");
  check(http.request("POST", "/api/v1/rendezvous/return", "{}", {}), "no header");
  check(
      http.request("POST", "/api/v1/desk/sign-in", R"({"agent":"anna","password":"wrong"})", own()),
      "wrong password");
  check(http.request("POST", "/api/v1/desk/sign-in",
                     R"({"agent":"anna","password":")" + std::string(kPassword) + "\"}", own()),
        "signed in");
  check(http.request("POST", "/api/v1/rendezvous", R"({"flow":"here"})", own()), "cookie mode");
  check(http.request("POST", "/api/v1/sessions", R"({"flow":"now"})", own()), "now");
  check(http.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"),
        "large header");
  check(http.raw("NONSENSE\r\n\r\n"), "nonsense");
  check(http.raw("GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"), "bad target");
  for (const int status : {200, 201, 303, 308, 400, 401, 403, 404, 405, 413, 415, 422, 426, 431})
    EXPECT_GT(statuses[status], 0) << "no response with status " << status << " was looked at";
  figure("F7", "responses with every header, of " + std::to_string(statuses.size()) + " statuses",
         std::to_string(checked), "all");
  figure("E6", "Set-Cookie with every flag", std::to_string(cookies), "all, no exception");
}

}  // namespace
}  // namespace convene::test
