// adapters/web/fakes_test.hpp - a core, a channel, a browser and clocks for tests: nothing of them waits or listens.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "adapters/web/api.hpp"
#include "adapters/web/gateway.hpp"
#include "adapters/web/socket_protocol.hpp"

namespace convene::web::test {

inline convene_text text_of(std::string_view s) { return {s.data(), s.size()}; }

/// A channel that records every frame; {"typing":true} is delivered to the others; {"bad":1} is refused.
inline convene_status echo(void*, const convene_channel_input* in,
                           const convene_channel_effects* e) noexcept {
  if (in->kind != CONVENE_CHANNEL_FRAME) return CONVENE_OK;
  const std::string_view frame(in->frame.data, in->frame.size);
  if (frame == "{\"typing\":true}") return e->deliver(e->self, CONVENE_TO_OTHERS, in->frame);
  if (frame == "{\"bad\":1}") return e->refuse(e->self, text_of("too_long"), text_of("No."));
  if (frame == "{\"fail\":1}") {
    e->record(e->self, in->frame);
    return CONVENE_E_FAILED;
  }
  const std::string state(static_cast<std::size_t>(in->entries % 7), 'x');
  e->save_state(e->self, text_of(state));
  return e->record(e->self, in->frame);
}
inline constexpr convene_channel kEcho{echo};

class FakeCore final : public Core {
 public:
  struct Asked {
    std::string name, body;
    CoreAnswer done;
  };
  void ask(std::string_view name, std::string body, CoreAnswer done, std::string_view) override {
    if (!is_up)
      return later.push_back([done] { done({false, "", "core_unavailable", "down", 1000}); });
    asked.push_back({std::string(name), std::move(body), std::move(done)});
  }
  void leg(const std::string& body) override { legs.push_back(body); }
  bool up() const override { return is_up; }

  /// The newest request of this name, taken out.
  Asked take(std::string_view name) {
    for (auto it = asked.rbegin(); it != asked.rend(); ++it)
      if (it->name == name) {
        Asked a = std::move(*it);
        asked.erase(std::next(it).base());
        return a;
      }
    return {};
  }
  void answer(std::string_view name, std::string body) {
    take(name).done({true, std::move(body), "", "", 0});
  }
  void refuse(std::string_view name, std::string code) {
    take(name).done({false, "", std::move(code), "no", 0});
  }

  bool is_up = true;
  std::deque<Asked> asked;
  std::vector<std::function<void()>> later;
  std::vector<std::string> legs;
};

class Browser final : public Outlet {
 public:
  using Outlet::send;
  void send(Parcel p) override {
    got.push_back(std::string(p.first()) + std::string(p.second()));
    if (told != nullptr) told->push_back(this);
  }
  void bye(std::string_view code, std::string_view) override { bye_code = code; }
  void seat(std::uint64_t leg, std::shared_ptr<Media> media) override {
    if (protocol) protocol->seat(leg, std::move(media));
  }
  bool gone() const override { return is_gone; }
  void hold() override { held_from = got.size(); }
  void let_go() override {
    together.assign(got.begin() + static_cast<std::ptrdiff_t>(held_from), got.end());
  }
  /// How many messages of this type came; the newest is in `last`.
  std::size_t count(std::string_view type) {
    std::size_t n = 0;
    for (const auto& m : got)
      if (m.find("\"t\":\"" + std::string(type) + "\"") != m.npos) ++n, last = m;
    return n;
  }
  SocketProtocol* protocol = nullptr;
  std::vector<const Browser*>* told =
      nullptr;  ///< Browsers in the order in which they got something.
  std::vector<std::string> got;
  std::string last, bye_code;
  bool is_gone = false;
  std::vector<std::string> together;  ///< What was sent in one piece last.
  std::size_t held_from = 0;
};

/// A gateway around the fakes.
struct Rig {
  explicit Rig(std::string config =
                   R"({"settings":{"listen":"127.0.0.1:8080","origins":["http://localhost:8081"],
      "public_url":"http://localhost:8080"},"flows":{"later":{"title":"Later","channels":["chat","page"],
      "channel_settings":{"page":{"hosts":["localhost"]}}}},
      "agents":{"anna":{"name":"Anna Weber"},"ben":{"name":"Ben"}}})")
      : files("/nonexistent") {
    channels.add("chat", &kEcho, nullptr);
    channels.add("page", &kEcho, nullptr);
    gateway = std::make_unique<Gateway>(
        *parse_settings(config), files, core, channels,
        Clocks{[this] { return now; }, [this] { return 1'000'000 + now; }},
        [](std::function<void()> work) { work(); });
  }

  /// A socket that has said nothing yet.
  struct Socket {
    Socket(Rig& rig, std::string cookie)
        : protocol(*rig.gateway, {"192.0.2.1", std::move(cookie)}) {
      browser->protocol = &protocol;
    }
    void say(std::string_view text) { protocol.message(browser, text); }
    std::shared_ptr<Browser> browser = std::make_shared<Browser>();
    SocketProtocol protocol;
  };
  std::unique_ptr<Socket> socket(std::string cookie = "") {
    return std::make_unique<Socket>(*this, std::move(cookie));
  }

  static std::string details(int leg, int session, int role, const std::string& ticket,
                             int epoch = 1, const std::string& channels = R"(["chat","page"])") {
    return R"({"session":)" + std::to_string(session) + R"(,"leg":)" + std::to_string(leg) +
           R"(,"role":)" + std::to_string(role) + R"(,"gateway":"web","epoch":)" +
           std::to_string(epoch) + R"(,"ticket":")" + ticket +
           R"(","expires_ms":99999999,"channels":)" + channels + R"(,"flow":"later","protocol":1})";
  }
  /// A customer on leg `leg` of `session`, connected.
  std::unique_ptr<Socket> customer(int leg, int session) {
    const std::string ticket = "c" + std::to_string(leg);
    gateway->hub.note_details(details(leg, session, 1, ticket));
    auto s = socket();
    s->say(R"({"t":"connect","ticket":")" + ticket +
           R"(","channels":["chat","page"],"protocol":1})");
    return s;
  }
  std::string desk_cookie(const std::string& agent) {
    return "__Host-convene-desk=" + gateway->seal.desk_cookie({agent, 1'000'000 + now, 99'999'999});
  }
  /// An attached desk with leg `leg` of `session` open; 0: none.
  std::unique_ptr<Socket> desk(const std::string& agent, int leg = 0, int session = 0,
                               const std::string& hello = R"({"t":"desk"})") {
    auto s = socket(desk_cookie(agent));
    s->say(hello);
    const std::string ticket = "a" + std::to_string(leg);
    core.answer("attach", R"({"agent":")" + agent +
                              R"(","name":"Anna Weber","state":"ready","offers":[],"sessions":[)" +
                              (leg == 0 ? ""
                                        : R"({"details":)" + details(leg, session, 2, ticket) +
                                              R"(,"context":{"product":"loans"},"roster":[]})") +
                              "]}");
    if (leg != 0)
      s->say(R"({"t":"connect","ticket":")" + ticket +
             R"(","channels":["chat","page"],"protocol":1})");
    return s;
  }

  std::int64_t now = 1000;
  FakeCore core;
  ChannelSet channels;
  StaticFiles files;
  std::unique_ptr<Gateway> gateway;
};

}  // namespace convene::web::test
