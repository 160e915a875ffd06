// adapters/web/api_test.cpp - the API without a socket: what is asked of the core, and what is answered.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "adapters/web/cookie.hpp"
#include "adapters/web/fakes_test.hpp"

namespace convene::web {
namespace {

using test::Rig;

constexpr const char* kId = "AAAAAAAAAAAAAAAAAAAAAA";

Request request(Method method, const std::string& target, std::string body = "") {
  Request r;
  r.method = method;
  r.target = *parse_target(target);
  r.content_type = "application/json";
  r.client = "1";
  r.network = "192.0.2.1";
  r.body = std::move(body);
  return r;
}

struct Api : testing::Test {
  /// What is answered at once; status 0: it waits for the core.
  Response& call(const Request& r) {
    got = Response{};
    got.status = 0;
    handle(*rig.gateway, r, [this](Response answer) { got = std::move(answer); });
    return got;
  }
  std::string header(const std::string& name) const {
    for (const auto& [n, v] : got.headers)
      if (n == name) return v;
    return "";
  }
  Rig rig;
  Response got;
};

TEST_F(Api, BooksAndHandsOutTheLink) {
  call(request(Method::post, "/api/v1/rendezvous",
               R"({"flow":"later","context":{"a": 1 },"at":5000,"agent":"anna"})"));
  EXPECT_EQ(rig.core.asked.back().body,
            R"({"flow":"later","context":{"a": 1 },"due_ms":5000,"agent":"anna"})");
  rig.core.answer(
      "book",
      R"({"id":"AAAAAAAAAAAAAAAAAAAAAA","flow":"later","due_ms":5000,"expires_ms":9000,"agent":"Anna","carriage":"query"})");
  EXPECT_EQ(got.status, 201);
  const auto body = JsonObject::parse(got.body);
  EXPECT_EQ(body->text("id"), kId);
  EXPECT_EQ(body->text("link"), "http://localhost:8080/r/?s=" + std::string(kId));
  EXPECT_EQ(body->integer("at"), 5000);
  EXPECT_EQ(header("Set-Cookie"), "");
}

TEST_F(Api, InCookieModeTheAnswerHoldsNoIdentifier) {
  call(request(Method::post, "/api/v1/rendezvous", R"({"flow":"later"})"));
  rig.core.answer(
      "book",
      R"({"id":"AAAAAAAAAAAAAAAAAAAAAA","flow":"later","expires_ms":61001000,"carriage":"cookie"})");
  EXPECT_EQ(got.body.find(kId), std::string::npos) << got.body;
  const std::string page = rig.gateway->seal.page_name(kId);
  EXPECT_NE(got.body.find("/r/" + page), std::string::npos);
  EXPECT_EQ(header("Set-Cookie"), page_cookie(page) + "=" + kId +
                                      "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60000");
}

TEST_F(Api, AContinuationIsTakenFromTheSessionAndNotFromTheBrowser) {
  Request r = request(Method::post, "/api/v1/rendezvous",
                      R"({"continue":true,"agent":"ben","context":{"x":1},"flow":"other"})");
  EXPECT_EQ(call(r).status, 410);
  r.cookie = std::string(kSessionCookie) + "=" + kId;
  call(r);
  EXPECT_EQ(rig.core.asked.back().body, R"({"continues":"AAAAAAAAAAAAAAAAAAAAAA"})");
}

TEST_F(Api, TheSameKeyAndBodyGiveTheSameIdempotencyKeyAndAnotherBodyDoesNot) {
  Request r = request(Method::post, "/api/v1/rendezvous", R"({"flow":"later"})");
  r.idempotency_key = "pG7bA2-xZq0Lr9_VtYc3Nw";
  std::set<std::string> keys;
  const auto key_of = [&](const Request& q) {
    call(q);
    return JsonObject::parse(rig.core.asked.back().body)->text_or("idempotency_key");
  };
  const std::string first = key_of(r);
  EXPECT_EQ(first, key_of(r));
  Request other = r;
  other.network = "192.0.2.2";
  EXPECT_EQ(first, key_of(other)) << "a phone that goes from one network to another";
  other.idempotency_key = "\"pG7bA2-xZq0Lr9_VtYc3Nw\"";
  EXPECT_EQ(first, key_of(other)) << "a structured header";
  r.body = R"({"flow":"now"})";
  EXPECT_NE(first, key_of(r));
}

TEST_F(Api, RefusesAKeyThatSomebodyElseMightSendAsWell) {
  Request r = request(Method::post, "/api/v1/rendezvous", R"({"flow":"later"})");
  for (const char* key : {"k1", "\"\"", "shop-order-2026-11-23-00000001"}) {
    r.idempotency_key = key;
    EXPECT_EQ(call(r).status, 400) << key;
    EXPECT_EQ(JsonObject::parse(got.body)->text_or("code"), "idempotency_key_weak") << key;
  }
  EXPECT_TRUE(rig.core.asked.empty()) << "nothing is booked under it";
}

TEST_F(Api, RefusesBadBodiesWithAReason) {
  const auto code = [&](const std::string& body, const std::string& type = "application/json") {
    Request r = request(Method::post, "/api/v1/rendezvous", body);
    r.content_type = type;
    call(r);
    return std::to_string(got.status) + " " + JsonObject::parse(got.body)->text_or("code");
  };
  EXPECT_EQ(code("{"), "400 malformed");
  EXPECT_EQ(code("[]"), "400 malformed");
  EXPECT_EQ(code("{}"), "422 unknown_flow");
  EXPECT_EQ(code(R"({"flow":"x"})", "text/plain"), "415 not_json");
  EXPECT_EQ(code(R"({"flow":"x","context":[]})"), "422 context_invalid");
  EXPECT_EQ(code(R"({"flow":"x","at":"tomorrow"})"), "422 time_invalid");
  EXPECT_EQ(code(R"({"flow":"x","carriage":"pigeon"})"), "422 carriage_invalid");
  EXPECT_TRUE(rig.core.asked.empty());
}

TEST_F(Api, ReturningSetsAFreshSessionCookie) {
  Request r = request(Method::post, "/api/v1/rendezvous/return", "{}");
  r.authorization = std::string("Rendezvous ") + kId;
  // A cookie that somebody planted is not adopted (E5).
  r.cookie = "__Host-convene-session=CCCCCCCCCCCCCCCCCCCCCC";
  call(r);
  rig.core.answer("return", R"({"token":"BBBBBBBBBBBBBBBBBBBBBB","details":)" +
                                Rig::details(7, 3, 1, "t") + "}");
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(header("Set-Cookie").starts_with("__Host-convene-session=BBBBBBBBBBBBBBBBBBBBBB;"));
  EXPECT_EQ(got.body.find("BBBB"), std::string::npos);
  EXPECT_EQ(got.body.find("CCCC"), std::string::npos);
}

TEST_F(Api, SeveralConversationsInOneBrowserHaveACookieEach) {
  const std::string page = rig.gateway->seal.page_name(kId),
                    joined = R"({"token":"BBBBBBBBBBBBBBBBBBBBBB","details":)" +
                             Rig::details(7, 3, 1, "t") + "}";
  Request r = request(Method::post, "/api/v1/rendezvous/return", R"({"page":")" + page + "\"}");
  r.cookie = page_cookie(page) + "=" + kId;
  call(r);
  rig.core.answer("return", joined);
  EXPECT_TRUE(header("Set-Cookie").starts_with("__Host-convene-session-" + page + "=BBBB"));
  r = request(Method::post, "/api/v1/sessions", R"({"flow":"later","seat":"abcdefghABCDEFGH"})");
  call(r);
  rig.core.answer("start", joined);
  EXPECT_TRUE(header("Set-Cookie").starts_with("__Host-convene-session-abcdefghABCDEFGH=BBBB"));

  r = request(Method::post, "/api/v1/sessions/resume", R"({"seat":"abcdefghABCDEFGH"})");
  r.cookie =
      "__Host-convene-session=DDDDDDDDDDDDDDDDDDDDDD; __Host-convene-session-" + page +
      "=CCCCCCCCCCCCCCCCCCCCCC; __Host-convene-session-abcdefghABCDEFGH=BBBBBBBBBBBBBBBBBBBBBB";
  call(r);
  EXPECT_EQ(rig.core.asked.back().body, R"({"token":"BBBBBBBBBBBBBBBBBBBBBB"})");
  rig.core.refuse("resume", "no_session");
  EXPECT_EQ(header("Set-Cookie"), clear_cookie(session_cookie("abcdefghABCDEFGH"), SameSite::lax));
  r.target = *parse_target("/api/v1/rendezvous");
  r.body = R"({"continue":true,"seat":")" + page + "\"}";
  call(r);
  EXPECT_EQ(rig.core.asked.back().body, R"({"continues":"CCCCCCCCCCCCCCCCCCCCCC"})");
  for (const char* seat : {"", "short", "abcdefghABCDEFG;"}) {
    r.body = std::string(R"({"continue":true,"seat":")") + seat + "\"}";
    EXPECT_EQ(call(r).status, 400) << seat;
  }
}

TEST_F(Api, ABrowserKeepsSoManySeatsAndItsHeadersStayShort) {
  Request r =
      request(Method::post, "/api/v1/sessions", R"({"flow":"later","seat":"abcdefghABCDEFGH"})");
  for (std::size_t i = 0; i < kSeatsMax; ++i)
    r.cookie += (i == 0 ? "" : "; ") + session_cookie("seat-number-0-" + std::to_string(10 + i)) +
                "=BBBBBBBBBBBBBBBBBBBBBB";
  call(r);
  rig.core.answer("start", R"({"token":"CCCCCCCCCCCCCCCCCCCCCC","details":)" +
                               Rig::details(7, 3, 1, "t") + "}");
  EXPECT_EQ(got.headers.size(), 1 + kSeatsMax);
}

TEST_F(Api, ReturningNeedsTheClientsHeaderAndTheOwnOrigin) {
  Request r = request(Method::post, "/api/v1/rendezvous/return", "{}");
  r.authorization = std::string("Rendezvous ") + kId;
  r.client = "";
  EXPECT_EQ(call(r).status, 403);
  r.client = "1";
  r.origin = "http://localhost:8081";  // On the list, but only for booking.
  EXPECT_EQ(call(r).status, 403);
  r.origin = "http://localhost:8080";
  EXPECT_EQ(call(r).status, 0);
}

TEST_F(Api, ListedOriginsMayBookAndNobodyElse) {
  Request r = request(Method::post, "/api/v1/rendezvous", R"({"flow":"later"})");
  r.origin = "http://evil.example";
  EXPECT_EQ(call(r).status, 403);
  r.origin = "http://localhost:8081";
  call(r);
  rig.core.refuse("book", "unknown_flow");
  EXPECT_EQ(got.status, 422);
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "http://localhost:8081");
  Request p = request(Method::options, "/api/v1/rendezvous");
  p.origin = "http://localhost:8081";
  EXPECT_EQ(call(p).status, 204);
  EXPECT_EQ(header("Access-Control-Allow-Credentials"), "true");
  p.origin = "http://evil.example";
  call(p);
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "");
}

TEST_F(Api, UnknownAlteredAndMissingIdentifiersGetOneAnswer) {
  std::set<std::string> bodies;
  for (const char* id : {kId, "short", "AAAAAAAAAAAAAAAAAAAAA!"}) {
    Request r = request(Method::get, "/api/v1/rendezvous");
    r.authorization = std::string("Rendezvous ") + id;
    call(r);
    if (got.status == 0) rig.core.refuse("look", "unknown_identifier");
    EXPECT_EQ(got.status, 404);
    bodies.insert(got.body);
  }
  call(request(Method::get, "/api/v1/rendezvous?page=abcdefghABCDEFGH"));
  bodies.insert(got.body);
  EXPECT_EQ(bodies.size(), 1u);
}

TEST_F(Api, GuessingIsStoppedAfterTwentyMissesHitsIncluded) {
  Request r = request(Method::get, "/api/v1/rendezvous");
  r.authorization = std::string("Rendezvous ") + kId;
  for (int i = 0; i < 20; ++i) {
    call(r);
    rig.core.refuse("look", "unknown_identifier");
    EXPECT_EQ(got.status, 404) << i;
  }
  EXPECT_EQ(call(r).status, 429);
  EXPECT_EQ(header("Retry-After"), "60");
  EXPECT_TRUE(rig.core.asked.empty());
  r.network = "198.51.100.1";
  EXPECT_EQ(call(r).status, 0) << "others are not hindered";
}

TEST_F(Api, ExchangingAnIdentifierAsksNobodyAndLeavesTheAddressBar) {
  Request r = request(Method::get, std::string("/r/?s=") + kId);
  EXPECT_EQ(call(r).status, 303);
  EXPECT_EQ(header("Location"), "/r/" + rig.gateway->seal.page_name(kId));
  EXPECT_EQ(header("Location").find(kId), std::string::npos);
  EXPECT_NE(header("Set-Cookie").find("Max-Age=600"), std::string::npos);
  EXPECT_TRUE(rig.core.asked.empty()) << "a GET does nothing (E8)";
  EXPECT_EQ(call(request(Method::get, "/r/?s=rubbish")).status, 303) << "and tells nothing";
}

TEST_F(Api, LookingProlongsTheCookieToTheBookingsLife) {
  const std::string page = rig.gateway->seal.page_name(kId);
  Request r = request(Method::get, "/api/v1/rendezvous?page=" + page);
  r.cookie = page_cookie(page) + "=" + kId;
  call(r);
  rig.core.answer(
      "look",
      R"({"flow":"later","expires_ms":61001000,"carriage":"query","state":"booked","agent":"Anna"})");
  EXPECT_EQ(got.status, 200);
  EXPECT_NE(header("Set-Cookie").find("Max-Age=60000"), std::string::npos);
  EXPECT_EQ(JsonObject::parse(got.body)->text("title"), "Later");
  EXPECT_EQ(JsonObject::parse(got.body)->text("agent_name"), "Anna");
  call(r);
  rig.core.refuse("look", "unknown_identifier");
  EXPECT_NE(header("Set-Cookie").find("Max-Age=0"), std::string::npos)
      << "a dead cookie is taken back";
}

TEST_F(Api, ARefusedReturnLeavesTheBookmarksCookieAlone) {
  const std::string page = rig.gateway->seal.page_name(kId);
  Request r = request(Method::post, "/api/v1/rendezvous/return", R"({"page":")" + page + "\"}");
  r.cookie = page_cookie(page) + "=" + kId;
  call(r);
  rig.core.refuse("return", "unknown_identifier");  // Open elsewhere, perhaps; or over.
  EXPECT_EQ(got.status, 404);
  EXPECT_EQ(header("Set-Cookie"), "");
}

TEST_F(Api, WithoutACoreEverythingIsLaterAndNothingWaits) {
  rig.core.is_up = false;
  call(request(Method::post, "/api/v1/rendezvous", R"({"flow":"later"})"));
  ASSERT_EQ(rig.core.later.size(), 1u);
  rig.core.later[0]();
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(header("Retry-After"), "1");
  EXPECT_EQ(call(request(Method::get, "/readyz")).status, 503);
  EXPECT_EQ(call(request(Method::get, "/healthz")).status, 200);
}

TEST_F(Api, TellsTheSurplusToWaitInsteadOfQueueingIt) {
  const std::uint32_t most = rig.gateway->settings().waiting_max;
  for (std::uint32_t i = 0; i < most; ++i)
    call(request(Method::post, "/api/v1/sessions", R"({"flow":"later"})"));
  EXPECT_EQ(rig.core.asked.size(), most);
  EXPECT_EQ(call(request(Method::post, "/api/v1/sessions", R"({"flow":"later"})")).status, 503);
  EXPECT_EQ(rig.core.asked.size(), most);
  rig.core.answer("start", R"({"token":"BBBBBBBBBBBBBBBBBBBBBB","details":)" +
                               Rig::details(7, 3, 1, "t") + "}");
  EXPECT_EQ(call(request(Method::post, "/api/v1/sessions", R"({"flow":"later"})")).status, 0);
}

TEST_F(Api, APathThatIsNotThereIsAPageForPeopleAndACodeForPrograms) {
  for (const char* path : {"/nonsense", "/r/nonsense", "/desk/nonsense", "/pages/nonsense"}) {
    Request r = request(Method::get, path);
    EXPECT_EQ(call(r).status, 404) << path;
    EXPECT_EQ(JsonObject::parse(got.body)->text("code"), "not_found") << path;
    r.for_eyes = true;
    EXPECT_EQ(call(r).status, 404) << path;
    EXPECT_EQ(got.type, "text/html; charset=utf-8") << path;
    EXPECT_NE(got.body.find("There is nothing here"), std::string::npos) << path;
  }
}

TEST_F(Api, KnowsItsPathsAndMethods) {
  EXPECT_EQ(call(request(Method::get, "/nowhere")).status, 404);
  EXPECT_EQ(call(request(Method::del, "/healthz")).status, 405);
  EXPECT_EQ(header("Allow"), "GET");
  EXPECT_EQ(call(request(Method::get, "/desk")).status, 308);
  EXPECT_EQ(call(request(Method::get, "/r/not-a-page-name!")).status, 404);
}

TEST(OpenApi, DescribesExactlyTheRoutesOfTheTable) {
  std::ifstream in(std::string(CONVENE_SOURCE_DIR) + "/adapters/web/openapi.json");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto root = JsonObject::parse(text);
  ASSERT_TRUE(root);
  std::set<std::string> described, served;
  const auto paths = json_members(root->raw("paths"));
  ASSERT_TRUE(paths);
  for (const auto& [path, item] : *paths) {
    const auto operations = json_members(item);
    ASSERT_TRUE(operations) << path;
    for (const auto& [method, operation] : *operations) {
      if (method == "parameters") continue;
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      described.insert(upper + " " + path);
    }
  }
  for (const auto& route : routes()) {
    std::string path(route.path);
    if (path == "/r/*" && route.method == Method::post) {
      served.insert("POST /r/{page}");
      continue;
    }
    if (path == "/r/*") {
      for (const char* p : {"/r/{page}", "/r/{page}.ics", "/r/{page}.svg"})
        served.insert("GET " + std::string(p));
      continue;
    }
    if (path.ends_with("*")) path = path.substr(0, path.size() - 1) + "{file}";
    served.insert(std::string(method_name(route.method)) + " " + path);
  }
  served.insert("GET /api/v1/leg");
  EXPECT_EQ(described, served);
}

}  // namespace
}  // namespace convene::web
