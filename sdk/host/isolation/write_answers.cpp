// sdk/host/isolation/write_answers.cpp - records what a plugin asks for as JSON.
#include "core/model/effect_rules.hpp"
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/service_effects.hpp"

namespace convene::isolation {
namespace {

using bus::JsonText;

std::string_view view(convene_text t) {
  return t.data ? std::string_view(t.data, t.size) : std::string_view();
}

void put(JsonText& to, convene_text t) { put_text(to, t); }
template <std::integral T>
void put(JsonText& to, T n) {
  put_number(to, n);
}

/// ["name", arguments...]
template <class... Arguments>
convene_status record(JsonText& to, std::string_view name, Arguments... arguments) noexcept {
  to.open_array().text(name);
  (put(to, arguments), ...);
  to.close_array();
  return CONVENE_OK;
}

}  // namespace

std::string write_failure(convene_status status, std::string_view why) {
  JsonText to;
  to.open().key("status").number(status).key("why").text(why).close();
  return to.take();
}

std::string write_done() { return R"({"status":0})"; }

std::string write_decision(const convene_routing_answer& answer, std::string_view pool,
                           std::string_view reason, const ScoreList& scores) {
  JsonText to;
  to.open().key("status").number(0).key("action").number(answer.action);
  put_number(to.key("index"), answer.index);
  put_number(to.key("until_ms"), answer.until_ms);
  put_text(to.key("pool"), pool);
  put_text(to.key("reason"), reason);
  if (!scores.empty()) {
    to.key("scores").open_array();
    for (const std::optional<std::int64_t>& score : scores) {
      if (score) {
        put_number(to, *score);
      } else {
        to.raw("null");
      }
    }
    to.close_array();
  }
  to.close();
  return to.take();
}

struct ServiceRecorder::Table {
  static JsonText& of(void* self) { return static_cast<ServiceRecorder*>(self)->to_; }

  static convene_status add_customer(void* self) noexcept {
    return record(of(self), "add_customer");
  }
  static convene_status add_agent(void* self, convene_text agent) noexcept {
    return record(of(self), "add_agent", agent);
  }
  static convene_status remove(void* self, std::uint64_t leg, convene_text reason) noexcept {
    return record(of(self), "remove", leg, reason);
  }
  static convene_status find_agent(void* self, convene_text pool, convene_text agent) noexcept {
    return record(of(self), "find_agent", pool, agent);
  }
  static convene_status stop_search(void* self) noexcept { return record(of(self), "stop_search"); }
  static convene_status open_channel(void* self, convene_text channel) noexcept {
    if (!is_code(view(channel))) return CONVENE_E_INVALID;
    return record(of(self), "open_channel", channel);
  }
  static convene_status close_channel(void* self, convene_text channel) noexcept {
    if (!is_code(view(channel))) return CONVENE_E_INVALID;
    return record(of(self), "close_channel", channel);
  }
  static convene_status set_timer(void* self, std::uint32_t timer, std::int64_t at_ms) noexcept {
    return record(of(self), "set_timer", timer, at_ms);
  }
  static convene_status notify(void* self, std::int32_t role, convene_text notice,
                               convene_text detail) noexcept {
    if (!is_code(view(notice)) || detail.size > kNoticeDetailMax) return CONVENE_E_INVALID;
    return record(of(self), "notify", role, notice, detail);
  }
  static convene_status end(void* self, std::int32_t end, convene_text reason) noexcept {
    return record(of(self), "end", end, reason);
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    return record(of(self), "save_state", state);
  }
};

const convene_service_effects ServiceRecorder::table_of(ServiceRecorder* self) {
  return service_effects<Table>(self);
}

struct ChannelRecorder::Table {
  static JsonText& of(void* self) { return static_cast<ChannelRecorder*>(self)->to_; }

  static convene_status record(void* self, convene_text body) noexcept {
    return isolation::record(of(self), "record", body);
  }
  static convene_status deliver(void* self, std::int32_t to, convene_text body) noexcept {
    return isolation::record(of(self), "deliver", to, body);
  }
  static convene_status refuse(void* self, convene_text code, convene_text text) noexcept {
    return isolation::record(of(self), "refuse", code, text);
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    return isolation::record(of(self), "save_state", state);
  }
};

const convene_channel_effects ChannelRecorder::table_of(ChannelRecorder* self) {
  return {self, &Table::record, &Table::deliver, &Table::refuse, &Table::save_state};
}

}  // namespace convene::isolation
