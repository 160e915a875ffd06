// core/runtime/explain.cpp - answers `explain` from the decision log.
#include "core/runtime/explain.hpp"

#include "core/runtime/body_reader.hpp"
#include "core/runtime/node_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr std::size_t kPageBytes = 700u << 10;  // well below what one message may hold

std::string_view list_or_none(std::string_view json) { return json.empty() ? "[]" : json; }

void write_decision(bus::JsonText& text, const Decision& d) {
  text.open().key("number").number(d.number).key("at_ms").number(to_ms(d.at));
  text.key("outcome").text(d.outcome);
  if (!d.agent.empty()) text.key("agent").text(d.agent);
  text.key("reason").text(d.reason).key("policy").text(d.policy).key("pool").text(d.pool);
  text.key("took_ns").number(d.took_ns).key("config").text(d.config);
  text.key("candidates").raw(list_or_none(d.candidates));
  text.key("excluded").raw(list_or_none(d.excluded)).key("excluded_more").number(d.excluded_more);
  text.close();
}

}  // namespace

std::string explain_json(SessionId session, std::span<const Decision> decisions,
                         std::uint64_t after) {
  bus::JsonText text;
  text.open().key("session").number(session.value).key("decisions").open_array();
  std::uint64_t next = 0, last = after;
  for (const Decision& d : decisions) {
    if (d.number <= after) continue;
    if (text.view().size() > kPageBytes) {
      next = last;
      break;
    }
    write_decision(text, d);
    last = d.number;
  }
  text.close_array();
  if (next > 0) text.key("next").number(next);
  return text.close().take();
}

void Node::State::explain(const BusRequest& request) {
  BodyReader reader(request.body);
  const SessionId session{reader.must_number("session")};
  const std::uint64_t after = reader.number("after").value_or(0);
  if (const Status status = reader.finish(); !status)
    return server.answer(request.id, refusal(status.error().code, status.error().text), false);
  const auto decisions = options.store->decisions(session);
  if (!decisions)
    return server.answer(request.id, refusal("store_unavailable", decisions.error().text, 1'000),
                         false);
  server.answer(request.id, success(explain_json(session, *decisions, after)), false);
}

}  // namespace convene
