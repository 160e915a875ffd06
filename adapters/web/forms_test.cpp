// adapters/web/forms_test.cpp - a browser without scripts sees and changes its booking, and no other site does it for it.
#include <gtest/gtest.h>

#include "adapters/web/cookie.hpp"
#include "adapters/web/fakes_test.hpp"
#include "adapters/web/html.hpp"

namespace convene::web {
namespace {

using test::Rig;

constexpr const char* kId = "AAAAAAAAAAAAAAAAAAAAAA";

struct Forms : testing::Test {
  Forms() : page(rig.gateway->seal.page_name(kId)) {}

  Request form(const std::string& fields) const {
    Request r;
    r.method = Method::post;
    r.target = *parse_target("/r/" + page);
    r.content_type = "application/x-www-form-urlencoded";
    r.cookie = page_cookie(page) + "=" + kId;
    r.origin = "null";  // What browsers send where there is no referrer.
    r.fetch_site = "same-origin";
    r.network = "192.0.2.1";
    r.body = fields;
    return r;
  }
  Response& call(const Request& r) {
    got = Response{};
    got.status = 0;
    handle(*rig.gateway, r, [this](Response answer) { got = std::move(answer); });
    return got;
  }
  bool says(std::string_view text) const { return got.body.find(text) != got.body.npos; }

  Rig rig;
  std::string page;
  Response got;
};

constexpr const char* kFound =
    R"({"flow":"later","state":"booked","due_ms":1795441500000,"expires_ms":1795527900000,)"
    R"("carriage":"query","agent":"Anna <b>\"Weber\"</b>"})";

TEST_F(Forms, ShowWhatIsBookedAsText) {
  call(form("do=look"));
  rig.core.answer("look", kFound);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.type, "text/html; charset=utf-8");
  EXPECT_TRUE(says("Agreed for Monday, 23 November 2026, 13:45 UTC")) << got.body;
  EXPECT_TRUE(says("With Anna &lt;b&gt;&quot;Weber&quot;&lt;/b&gt;"));
  EXPECT_TRUE(says("http://localhost:8080/r/?s=" + std::string(kId)));
  EXPECT_FALSE(says("<script")) << "nothing that a strict policy would stop";
  EXPECT_FALSE(says("style="));
}

TEST_F(Forms, ChangeTheTimeFromNowBecauseNobodyTellsTheZone) {
  call(form("in=60&do=retime"));
  EXPECT_EQ(rig.core.asked.back().body, R"({"id":"AAAAAAAAAAAAAAAAAAAAAA","due_ms":)" +
                                            std::to_string(1'000'000 + rig.now + 3'600'000) + "}");
  rig.core.answer("retime", "{}");
  rig.core.answer("look", kFound);
  EXPECT_TRUE(says("The time is changed."));
  call(form("in=0&do=retime"));
  EXPECT_EQ(rig.core.asked.back().body, R"({"id":"AAAAAAAAAAAAAAAAAAAAAA"})");
  for (const char* in : {"", "-5", "soon", "99999999999999999999", "527041", "60x"}) {
    call(form(std::string("do=retime&in=") + in));
    EXPECT_EQ(got.status, 422) << in;
  }
}

TEST_F(Forms, CancelAsksOnceMoreAndTakesTheCookieBack) {
  call(form("do=cancel"));
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(rig.core.asked.empty()) << "one press cancels nothing";
  call(form("do=cancel-now"));
  rig.core.answer("cancel", "{}");
  EXPECT_TRUE(says("Your booking is cancelled, and what you told us will not be used."));
  ASSERT_FALSE(got.headers.empty());
  EXPECT_EQ(got.headers[0].second, clear_cookie(page_cookie(page), SameSite::lax));
}

TEST_F(Forms, CallNobodyToAConversationThatCannotBeShown) {
  call(form("do=join"));
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(says("Nobody was called"));
  EXPECT_TRUE(rig.core.asked.empty());
}

TEST_F(Forms, SayHowAConversationThatIsOverHasEnded) {
  const auto shown = [this](const char* found) {
    call(form("do=look"));
    rig.core.answer("look", found);
    return got.body;
  };
  EXPECT_NE(
      shown(R"({"state":"ended","end":"cancelled","expires_ms":1})").find("This page has run out"),
      std::string::npos);
  EXPECT_NE(shown(R"({"state":"ended","end":"cancelled","expires_ms":9000000000000})")
                .find("This booking was cancelled"),
            std::string::npos);
  EXPECT_NE(shown(R"({"state":"ended","end":"completed"})").find("Thank you for the conversation."),
            std::string::npos);
  EXPECT_FALSE(says("Cancel booking")) << "there is nothing left to be changed";
}

TEST_F(Forms, AreTakenFromThePageItselfOnly) {
  for (const auto& [origin, site] : {std::pair{"http://evil.example", ""},
                                     {"null", ""},
                                     {"", ""},
                                     {"http://localhost:8081", ""},
                                     {"http://localhost:8080", "cross-site"},
                                     {"null", "same-site"},
                                     {"null", "none"}}) {
    Request r = form("do=cancel-now");
    r.origin = origin;
    r.fetch_site = site;
    EXPECT_EQ(call(r).status, 403) << origin << " " << site;
  }
  Request old =
      form("do=cancel-now");  // A browser that knows no Sec-Fetch-Site, and sends the origin.
  old.origin = "http://localhost:8080";
  old.fetch_site = "";
  call(old);
  EXPECT_EQ(rig.core.asked.size(), 1u);
}

TEST_F(Forms, AreOnePlainAnswerForWhateverIsNotBooked) {
  call(form("do=look"));
  rig.core.refuse("look", "unknown_identifier");
  EXPECT_EQ(got.status, 404);
  const std::string unknown = got.body;
  Request stranger = form("do=look");
  stranger.cookie = "";
  EXPECT_EQ(call(stranger).status, 404);
  EXPECT_EQ(got.body, unknown);
  Request json = form("{}");
  json.content_type = "application/json";
  EXPECT_EQ(call(json).status, 400);
  EXPECT_EQ(call(form("do=dance")).status, 400);
  EXPECT_EQ(call(form("do=%zz")).status, 400);
  rig.core.is_up = false;
  call(form("do=look"));
  rig.core.later.back()();
  EXPECT_EQ(got.status, 503);
  EXPECT_TRUE(says("This could not be done"));
}

TEST(Html, EscapesWhateverCouldBeMarkup) {
  std::string out;
  append_html(out, "<a href='x' title=\"y\">&amp;</a>");
  EXPECT_EQ(out, "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;&lt;/a&gt;");
}

TEST(Html, SaysATimeWithItsZone) {
  EXPECT_EQ(time_in_words(0), "Thursday, 1 January 1970, 00:00 UTC");
  EXPECT_EQ(time_in_words(1'709'164'799'999), "Wednesday, 28 February 2024, 23:59 UTC");
}

}  // namespace
}  // namespace convene::web
