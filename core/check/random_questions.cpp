// core/check/random_questions.cpp - days from a seed: the same seed, the same day, on every machine.
#include <algorithm>
#include <limits>

#include "core/check/hostile_questions.hpp"

namespace convene::check {
namespace {

/// std::mt19937_64 is the same everywhere; the distributions of the library are not.
class Dice {
 public:
  Dice(std::uint64_t seed, bool wild) : random_(seed), wild_(wild) {}

  std::uint64_t below(std::uint64_t n) { return n ? random_() % n : 0; }
  bool once_in(unsigned n) { return below(n) == 0; }
  bool wild() const { return wild_; }

  std::int64_t time() {
    if (wild_ && once_in(8)) {
      const std::int64_t odd[] = {0, -1, std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max(), 1};
      return odd[below(5)];
    }
    return kNow - static_cast<std::int64_t>(below(7'200'000));
  }
  std::string name() {
    static const char* const kNames[] = {"anna", "bert",  "chloe", "dag",   "en",    "fr",
                                         "de",   "loans", "cards", "sales", "fr-CA", ""};
    return wild_ && once_in(6) ? bytes(40) : kNames[below(12)];
  }
  std::string bytes(std::size_t most) {
    std::string out;
    for (std::size_t n = below(most + 1); n > 0; --n) out += static_cast<char>(below(256));
    return out;
  }
  std::string json(int depth = 0) {
    static const char* const kKeys[] = {"lang",   "product",   "text",    "url",
                                        "typing", "title",     "v",       "channel",
                                        "choice", "following", "arrived", "served"};
    switch (below(depth > 3 ? 5 : 8)) {
      case 0:
        return "null";
      case 1:
        return once_in(2) ? "true" : "false";
      case 2:
        return std::to_string(static_cast<std::int64_t>(random_() >> below(64)));
      case 3:
        return "\"" + name_in_json() + "\"";
      case 4:
        return "\"https://shop.example/" + std::to_string(below(100)) + "\"";
      case 5: {
        std::string out = "[";
        for (std::uint64_t n = below(4); n > 0; --n) out += json(depth + 1) + (n > 1 ? "," : "");
        return out + "]";
      }
      default: {
        std::string out = "{";
        std::uint64_t key = below(4);
        for (std::uint64_t n = below(5); n > 0 && key < 12; --n, key += 1 + below(3))
          out +=
              std::string(out.size() > 1 ? "," : "") + "\"" + kKeys[key] + "\":" + json(depth + 1);
        return out + "}";
      }
    }
  }
  /// JSON, most of the time.
  std::string document() {
    std::string out = json();
    if (!wild_) return out.front() == '{' ? out : "{\"lang\":" + out + "}";
    if (once_in(4)) return bytes(200);
    for (std::uint64_t flips = below(4); flips > 0 && !out.empty(); --flips)
      out[below(out.size())] = static_cast<char>(below(256));
    if (once_in(8)) out.resize(below(out.size() + 1));
    return out;
  }

 private:
  std::string name_in_json() {
    static const char* const kTexts[] = {"fr",    "de",   "loans", "anybody", "wait",
                                         "later", "page", "chat",  "\\u00e9", "\\ud83d\\ude00",
                                         "",      "hello"};
    return kTexts[below(12)];
  }
  std::mt19937_64 random_;
  bool wild_;
};

void randomize(RoutingQuestion& q, Dice& d) {
  q.page = static_cast<std::uint32_t>(d.below(3)), q.more = static_cast<std::uint32_t>(d.below(2));
  q.attempt = static_cast<std::uint32_t>(d.below(5));
  q.session = d.below(1'000'000), q.now = d.wild() ? d.time() : kNow, q.since = d.time();
  q.context = d.document();
  q.wanted = d.once_in(4) ? d.name() : "";
  q.agents.clear();
  for (std::uint64_t n = d.below(33); n > 0; --n) {
    Agent a{d.name() + std::to_string(n), d.time(), {}, 0, 1, 0};
    a.capacity = 1 + static_cast<std::uint32_t>(d.below(4));
    a.sessions = static_cast<std::uint32_t>(d.below(a.capacity));
    a.missed = static_cast<std::uint32_t>(d.once_in(3) ? d.below(9) : 0);
    for (std::uint64_t s = d.below(6); s > 0; --s)
      a.skills.emplace_back(d.name(), d.wild() ? static_cast<int>(d.below(1ull << 32))
                                               : static_cast<int>(d.below(10)) + 1);
    std::sort(a.skills.begin(), a.skills.end());
    q.agents.push_back(std::move(a));
  }
}

void randomize(ServiceQuestion& q, Dice& d) {
  q.first = d.once_in(20);
  if (d.wild() && d.once_in(5)) q.carries = q.first = false, q.state = d.document();
  q.searching = static_cast<std::uint32_t>(d.below(2));
  q.kind = d.wild() && d.once_in(8) ? static_cast<int>(d.below(1ull << 32))
                                    : static_cast<int>(d.below(9)) + 1;
  if (q.first) q.kind = CONVENE_EVENT_CREATED;
  q.now = d.wild() ? d.time() : kNow, q.due = d.once_in(2) ? 0 : d.time();
  q.context = d.document();
  if (d.wild() && d.once_in(4)) q.settings = d.document();
  q.wanted = d.once_in(3) ? "anna" : "";
  q.agent = d.name();
  if (!d.wild() && q.agent.empty()) q.agent = "anna";
  q.detail = d.document();
  static const char* const kRequests[] = {"leave",  "open_channel", "close_channel", "escalate",
                                          "choose", "wait",         "nonsense",      ""};
  q.name = kRequests[d.below(8)];
  q.timer = static_cast<std::uint32_t>(d.below(8));
  q.leg = d.below(4), q.leg_state = static_cast<int>(d.below(9)) + 1;
  q.legs.clear();
  for (std::uint64_t n = d.below(4); n > 0; --n)
    q.legs.push_back(
        {static_cast<int>(d.below(4)) + 1, static_cast<int>(d.below(9)) + 1, n, d.name()});
}

void randomize(ChannelQuestion& q, Dice& d) {
  q.first = d.once_in(40);
  if (d.wild() && d.once_in(5)) q.carries = q.first = false, q.state = d.document();
  q.kind = d.once_in(5) ? static_cast<int>(d.below(3)) + 1 : CONVENE_CHANNEL_FRAME;
  if (d.wild() && d.once_in(10)) q.kind = static_cast<int>(d.below(1ull << 32));
  q.from = d.below(6) + 1, q.role = static_cast<int>(d.below(4)) + 1;
  q.legs = static_cast<std::uint32_t>(d.below(5)), q.entries = d.below(1'000);
  q.now = d.wild() ? d.time() : kNow + static_cast<std::int64_t>(d.below(100'000));
  if (d.wild() && d.once_in(4)) q.settings = d.document();
  q.frame = d.document();
}

void randomize(AdapterQuestion& q, Dice& d) {
  q.name = d.name(), q.key = d.name(), q.body = d.document();
  q.is_leg = d.once_in(4);
}

}  // namespace

Questions random_questions(const Questions& day, std::uint64_t seed, unsigned count, bool wild) {
  Dice dice(seed, wild);
  Questions all;
  for (unsigned i = 0; i < count && !day.empty(); ++i) {
    Question q = day[dice.below(day.size())];
    std::visit([&](auto& asked) { randomize(asked, dice); }, q.asked);
    q.label = std::string(extension_of(q)) + ", random question " + std::to_string(i) +
              " of seed " + std::to_string(seed);
    all.push_back(std::move(q));
  }
  return all;
}

}  // namespace convene::check
