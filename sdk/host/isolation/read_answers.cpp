// sdk/host/isolation/read_answers.cpp - from JSON of a process that nobody trusts to calls on our own tables.
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/frames.hpp"

namespace convene::isolation {
namespace {

/// The arguments of one effect, read by their place. Wrong once, wrong for good.
class Arguments {
 public:
  Arguments(const json::Array& effect, Bytes& decoded) : effect_(effect), decoded_(decoded) {}

  /// How many the effect takes, its name not counted.
  bool are(std::size_t count) const { return effect_.size() == count + 1; }
  convene_text text(std::size_t i) {
    const auto t = take_text(effect_[i], decoded_);
    fine_ = fine_ && t;
    return t ? convene_text{t->data(), t->size()} : convene_text{};
  }
  template <std::integral T>
  T number(std::size_t i) {
    const auto n = take_number<T>(effect_[i]);
    fine_ = fine_ && n;
    return n.value_or(T{});
  }
  bool fine() const { return fine_; }

 private:
  const json::Array& effect_;
  Bytes& decoded_;
  bool fine_ = true;
};

/// Arguments are evaluated before this looks whether all of them were what they must be.
template <class Table, class... Parameters>
convene_status call(const Table& to, const Arguments& arguments,
                    convene_status (*Table::*effect)(void*, Parameters...) noexcept,
                    std::type_identity_t<Parameters>... values) {
  return arguments.fine() ? (to.*effect)(to.self, values...) : CONVENE_E_INVALID;
}

convene_status perform(std::string_view name, Arguments& a, const convene_service_effects& to) {
  using E = convene_service_effects;
  if (name == "add_customer" && a.are(0)) return call(to, a, &E::add_customer);
  if (name == "stop_search" && a.are(0)) return call(to, a, &E::stop_search);
  if (name == "add_agent" && a.are(1)) {
    const convene_text agent = a.text(1);
    return call(to, a, &E::add_agent, agent);
  }
  if (name == "remove" && a.are(2)) {
    const auto leg = a.number<std::uint64_t>(1);
    const convene_text reason = a.text(2);
    return call(to, a, &E::remove, leg, reason);
  }
  if (name == "find_agent" && a.are(2)) {
    const convene_text pool = a.text(1), agent = a.text(2);
    return call(to, a, &E::find_agent, pool, agent);
  }
  if (name == "open_channel" && a.are(1)) {
    const convene_text channel = a.text(1);
    return call(to, a, &E::open_channel, channel);
  }
  if (name == "close_channel" && a.are(1)) {
    const convene_text channel = a.text(1);
    return call(to, a, &E::close_channel, channel);
  }
  if (name == "set_timer" && a.are(2)) {
    const auto timer = a.number<std::uint32_t>(1);
    const auto at_ms = a.number<std::int64_t>(2);
    return call(to, a, &E::set_timer, timer, at_ms);
  }
  if (name == "notify" && a.are(3)) {
    const auto role = a.number<std::int32_t>(1);
    const convene_text notice = a.text(2), detail = a.text(3);
    return call(to, a, &E::notify, role, notice, detail);
  }
  if (name == "end" && a.are(2)) {
    const auto end = a.number<std::int32_t>(1);
    const convene_text reason = a.text(2);
    return call(to, a, &E::end, end, reason);
  }
  if (name == "save_state" && a.are(1)) {
    const convene_text state = a.text(1);
    return call(to, a, &E::save_state, state);
  }
  return CONVENE_E_INVALID;
}

convene_status perform(std::string_view name, Arguments& a, const convene_channel_effects& to) {
  using E = convene_channel_effects;
  if (name == "record" && a.are(1)) {
    const convene_text body = a.text(1);
    return call(to, a, &E::record, body);
  }
  if (name == "deliver" && a.are(2)) {
    const auto whom = a.number<std::int32_t>(1);
    const convene_text body = a.text(2);
    return call(to, a, &E::deliver, whom, body);
  }
  if (name == "refuse" && a.are(2)) {
    const convene_text code = a.text(1), text = a.text(2);
    return call(to, a, &E::refuse, code, text);
  }
  if (name == "save_state" && a.are(1)) {
    const convene_text state = a.text(1);
    return call(to, a, &E::save_state, state);
  }
  return CONVENE_E_INVALID;
}

template <class Table>
convene_status perform_all(Answer& answer, const Table& to) {
  if (answer.status != CONVENE_OK) return answer.status;
  if (const json::Value* effects = answer.body.find("effects"); effects && !effects->as_array()) {
    return CONVENE_E_INVALID;
  }
  for (const json::Value& effect : answer.body.array("effects")) {
    const json::Array& parts = effect.array();
    if (parts.empty() || !parts[0].as_text()) return CONVENE_E_INVALID;
    Arguments arguments(parts, answer.decoded);
    const convene_status done = perform(*parts[0].as_text(), arguments, to);
    if (done != CONVENE_OK) return done;
  }
  return CONVENE_OK;
}

convene_status write(const convene_sink* sink, convene_text text) {
  return sink && text.size > 0 ? sink->write(sink->self, text) : CONVENE_OK;
}

/// False: they are not a list of whole numbers and nulls.
bool hand_on_scores(const json::Value& body, const convene_scores* to) {
  const json::Value* scores = body.find("scores");
  if (scores == nullptr) return true;
  if (scores->as_array() == nullptr) return false;
  std::size_t index = 0;
  for (const json::Value& one : *scores->as_array()) {
    const std::size_t i = index++;
    if (one.is_null()) continue;
    const auto score = take_number<std::int64_t>(one);
    if (!score) return false;
    if (to != nullptr) to->give(to->self, i, *score);
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<Answer>> read_answer(std::string_view body) {
  json::Parsed parsed = json::parse(body, {.bytes = kBodyMax});
  if (!parsed) return Error{"malformed", "an answer that is no JSON: " + parsed.error};
  auto answer = std::make_unique<Answer>();
  answer->body = std::move(*parsed.value);
  Members in(answer->body, answer->decoded);
  in.read("status", answer->status).read("why", answer->why);
  if (!in.fine()) return Error{"malformed", "an answer with a wrong \"" + in.what() + "\""};
  return answer;
}

convene_status hand_on(Answer& answer, convene_routing_answer& to) {
  if (answer.status != CONVENE_OK) return answer.status;
  convene_text pool{}, reason{};
  Members in(answer.body, answer.decoded);
  in.read("action", to.action).read("index", to.index).read("until_ms", to.until_ms);
  in.read("pool", pool).read("reason", reason);
  if (!in.fine() || !hand_on_scores(answer.body, to.scores)) return CONVENE_E_INVALID;
  (void)write(to.reason, reason);  // a reason that is too long is no reason to fail
  return to.action == CONVENE_ROUTING_OVERFLOW ? write(to.pool, pool) : CONVENE_OK;
}

convene_status hand_on(Answer& answer, const convene_service_effects& to) {
  return perform_all(answer, to);
}

convene_status hand_on(Answer& answer, const convene_channel_effects& to) {
  return perform_all(answer, to);
}

}  // namespace convene::isolation
