/* tests/abi/layout.h - where every field of every record and table lies, for good: compiled as C and as C++.
 *
 * A line that fails here means that plugins in the field would break. A record may grow at its end: then add the new
 * fields and raise the size. Nothing else in this file ever changes; a table's size never does (law 1). */
#ifndef CONVENE_TESTS_LAYOUT_H
#define CONVENE_TESTS_LAYOUT_H

#include "convene/abi.h"
#include "convene/adapter.h"
#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"

#ifdef __cplusplus
#define CHECK(condition, text) static_assert(condition, text)
#else
#define CHECK(condition, text) _Static_assert(condition, text)
#endif
#define SIZE(type, size) CHECK(sizeof(type) == (size), #type " has another size")
#define FIELD(type, field, offset) \
  CHECK(offsetof(type, field) == (offset), #type "." #field " has moved")

CHECK(sizeof(void*) == 8 && sizeof(size_t) == 8, "these pins are for 64-bit machines");
CHECK(sizeof(convene_status) == 4, "a status has 32 bits");

/* abi.h */
SIZE(convene_text, 16);
FIELD(convene_text, data, 0);
FIELD(convene_text, size, 8);
SIZE(convene_sink, 16);
FIELD(convene_sink, self, 0);
FIELD(convene_sink, write, 8);
SIZE(convene_host, 24);
FIELD(convene_host, self, 0);
FIELD(convene_host, log, 8);
FIELD(convene_host, fail, 16);
SIZE(convene_descriptor, 112);
FIELD(convene_descriptor, size, 0);
FIELD(convene_descriptor, abi_major, 4);
FIELD(convene_descriptor, abi_minor, 8);
FIELD(convene_descriptor, state_version, 12);
FIELD(convene_descriptor, id, 16);
FIELD(convene_descriptor, version, 32);
FIELD(convene_descriptor, summary, 48);
FIELD(convene_descriptor, offers, 64);
FIELD(convene_descriptor, config_schema, 80);
FIELD(convene_descriptor, state_schema, 96);
SIZE(convene_plugin, 40);
FIELD(convene_plugin, self, 0);
FIELD(convene_plugin, start, 8);
FIELD(convene_plugin, extension, 16);
FIELD(convene_plugin, stop, 24);
FIELD(convene_plugin, destroy, 32);
SIZE(convene_entry, 32);
FIELD(convene_entry, size, 0);
FIELD(convene_entry, abi_major, 4);
FIELD(convene_entry, abi_minor, 8);
FIELD(convene_entry, plugin_count, 12);
FIELD(convene_entry, descriptor, 16);
FIELD(convene_entry, create, 24);

/* routing.h */
SIZE(convene_skill, 24);
FIELD(convene_skill, name, 0);
FIELD(convene_skill, level, 16);
FIELD(convene_skill, reserved, 20);
SIZE(convene_candidate, 56);
FIELD(convene_candidate, size, 0);
FIELD(convene_candidate, sessions, 4);
FIELD(convene_candidate, capacity, 8);
FIELD(convene_candidate, missed, 12);
FIELD(convene_candidate, agent, 16);
FIELD(convene_candidate, idle_since_ms, 32);
FIELD(convene_candidate, skills, 40);
FIELD(convene_candidate, skill_count, 48);
SIZE(convene_routing_request, 128);
FIELD(convene_routing_request, size, 0);
FIELD(convene_routing_request, page, 4);
FIELD(convene_routing_request, more, 8);
FIELD(convene_routing_request, attempt, 12);
FIELD(convene_routing_request, session, 16);
FIELD(convene_routing_request, flow, 24);
FIELD(convene_routing_request, pool, 40);
FIELD(convene_routing_request, context, 56);
FIELD(convene_routing_request, wanted_agent, 72);
FIELD(convene_routing_request, now_ms, 88);
FIELD(convene_routing_request, waiting_since_ms, 96);
FIELD(convene_routing_request, candidates, 104);
FIELD(convene_routing_request, candidate_count, 112);
FIELD(convene_routing_request, candidate_stride, 120);
SIZE(convene_scores, 16);
FIELD(convene_scores, self, 0);
FIELD(convene_scores, give, 8);
SIZE(convene_routing_answer, 48);
FIELD(convene_routing_answer, size, 0);
FIELD(convene_routing_answer, action, 4);
FIELD(convene_routing_answer, index, 8);
FIELD(convene_routing_answer, until_ms, 16);
FIELD(convene_routing_answer, pool, 24);
FIELD(convene_routing_answer, reason, 32);
FIELD(convene_routing_answer, scores, 40);
SIZE(convene_routing_outcome, 40);
FIELD(convene_routing_outcome, size, 0);
FIELD(convene_routing_outcome, outcome, 4);
FIELD(convene_routing_outcome, session, 8);
FIELD(convene_routing_outcome, agent, 16);
FIELD(convene_routing_outcome, offered_ms, 32);
SIZE(convene_routing, 16);
FIELD(convene_routing, decide, 0);
FIELD(convene_routing, outcome, 8);

/* service.h */
SIZE(convene_leg, 40);
FIELD(convene_leg, size, 0);
FIELD(convene_leg, role, 4);
FIELD(convene_leg, state, 8);
FIELD(convene_leg, reserved, 12);
FIELD(convene_leg, id, 16);
FIELD(convene_leg, endpoint, 24);
SIZE(convene_session, 120);
FIELD(convene_session, size, 0);
FIELD(convene_session, searching, 4);
FIELD(convene_session, id, 8);
FIELD(convene_session, flow, 16);
FIELD(convene_session, settings, 32);
FIELD(convene_session, context, 48);
FIELD(convene_session, wanted_agent, 64);
FIELD(convene_session, now_ms, 80);
FIELD(convene_session, due_ms, 88);
FIELD(convene_session, legs, 96);
FIELD(convene_session, leg_count, 104);
FIELD(convene_session, leg_stride, 112);
SIZE(convene_service_event, 72);
FIELD(convene_service_event, size, 0);
FIELD(convene_service_event, kind, 4);
FIELD(convene_service_event, leg, 8);
FIELD(convene_service_event, leg_state, 16);
FIELD(convene_service_event, timer, 20);
FIELD(convene_service_event, agent, 24);
FIELD(convene_service_event, name, 40);
FIELD(convene_service_event, detail, 56);
SIZE(convene_service_effects, 96);
FIELD(convene_service_effects, self, 0);
FIELD(convene_service_effects, add_customer, 8);
FIELD(convene_service_effects, add_agent, 16);
FIELD(convene_service_effects, remove, 24);
FIELD(convene_service_effects, find_agent, 32);
FIELD(convene_service_effects, stop_search, 40);
FIELD(convene_service_effects, open_channel, 48);
FIELD(convene_service_effects, close_channel, 56);
FIELD(convene_service_effects, set_timer, 64);
FIELD(convene_service_effects, notify, 72);
FIELD(convene_service_effects, end, 80);
FIELD(convene_service_effects, save_state, 88);
SIZE(convene_service, 8);
FIELD(convene_service, step, 0);

/* channel.h */
SIZE(convene_channel_input, 88);
FIELD(convene_channel_input, size, 0);
FIELD(convene_channel_input, kind, 4);
FIELD(convene_channel_input, from, 8);
FIELD(convene_channel_input, role, 16);
FIELD(convene_channel_input, legs, 20);
FIELD(convene_channel_input, now_ms, 24);
FIELD(convene_channel_input, entries, 32);
FIELD(convene_channel_input, settings, 40);
FIELD(convene_channel_input, state, 56);
FIELD(convene_channel_input, frame, 72);
SIZE(convene_channel_effects, 40);
FIELD(convene_channel_effects, self, 0);
FIELD(convene_channel_effects, record, 8);
FIELD(convene_channel_effects, deliver, 16);
FIELD(convene_channel_effects, refuse, 24);
FIELD(convene_channel_effects, save_state, 32);
SIZE(convene_channel, 8);
FIELD(convene_channel, frame, 0);

/* adapter.h */
SIZE(convene_adapter_request, 72);
FIELD(convene_adapter_request, size, 0);
FIELD(convene_adapter_request, reserved, 4);
FIELD(convene_adapter_request, token, 8);
FIELD(convene_adapter_request, name, 16);
FIELD(convene_adapter_request, idempotency_key, 32);
FIELD(convene_adapter_request, body, 48);
FIELD(convene_adapter_request, deadline_ms, 64);
SIZE(convene_adapter_bus, 32);
FIELD(convene_adapter_bus, self, 0);
FIELD(convene_adapter_bus, reply, 8);
FIELD(convene_adapter_bus, event, 16);
FIELD(convene_adapter_bus, leg, 24);
SIZE(convene_adapter, 24);
FIELD(convene_adapter, connect, 0);
FIELD(convene_adapter, request, 8);
FIELD(convene_adapter, leg, 16);

/* Numbers on the boundary. */
CHECK(CONVENE_ABI_MAJOR == 1, "CONVENE_ABI_MAJOR has another value");
CHECK(CONVENE_OK == 0, "CONVENE_OK has another value");
CHECK(CONVENE_E_FAILED == -1, "CONVENE_E_FAILED has another value");
CHECK(CONVENE_E_INVALID == -2, "CONVENE_E_INVALID has another value");
CHECK(CONVENE_E_UNSUPPORTED == -3, "CONVENE_E_UNSUPPORTED has another value");
CHECK(CONVENE_E_LIMIT == -4, "CONVENE_E_LIMIT has another value");
CHECK(CONVENE_E_THROWN == -5, "CONVENE_E_THROWN has another value");
CHECK(CONVENE_E_PARKED == -6, "CONVENE_E_PARKED has another value");
CHECK(CONVENE_E_STATE == -7, "CONVENE_E_STATE has another value");
CHECK(CONVENE_LOG_DEBUG == 0, "CONVENE_LOG_DEBUG has another value");
CHECK(CONVENE_LOG_INFO == 1, "CONVENE_LOG_INFO has another value");
CHECK(CONVENE_LOG_WARNING == 2, "CONVENE_LOG_WARNING has another value");
CHECK(CONVENE_LOG_ERROR == 3, "CONVENE_LOG_ERROR has another value");
CHECK(CONVENE_ROUTING_ASSIGN == 1, "CONVENE_ROUTING_ASSIGN has another value");
CHECK(CONVENE_ROUTING_WAIT == 2, "CONVENE_ROUTING_WAIT has another value");
CHECK(CONVENE_ROUTING_OVERFLOW == 3, "CONVENE_ROUTING_OVERFLOW has another value");
CHECK(CONVENE_ROUTING_MORE == 4, "CONVENE_ROUTING_MORE has another value");
CHECK(CONVENE_OUTCOME_ACCEPTED == 1, "CONVENE_OUTCOME_ACCEPTED has another value");
CHECK(CONVENE_OUTCOME_DECLINED == 2, "CONVENE_OUTCOME_DECLINED has another value");
CHECK(CONVENE_OUTCOME_EXPIRED == 3, "CONVENE_OUTCOME_EXPIRED has another value");
CHECK(CONVENE_OUTCOME_WITHDRAWN == 4, "CONVENE_OUTCOME_WITHDRAWN has another value");
CHECK(CONVENE_ROLE_CUSTOMER == 1, "CONVENE_ROLE_CUSTOMER has another value");
CHECK(CONVENE_ROLE_AGENT == 2, "CONVENE_ROLE_AGENT has another value");
CHECK(CONVENE_ROLE_SUPERVISOR == 3, "CONVENE_ROLE_SUPERVISOR has another value");
CHECK(CONVENE_ROLE_AUTOMATON == 4, "CONVENE_ROLE_AUTOMATON has another value");
CHECK(CONVENE_LEG_INVITED == 1, "CONVENE_LEG_INVITED has another value");
CHECK(CONVENE_LEG_ACCEPTED == 2, "CONVENE_LEG_ACCEPTED has another value");
CHECK(CONVENE_LEG_CONNECTING == 3, "CONVENE_LEG_CONNECTING has another value");
CHECK(CONVENE_LEG_CONNECTED == 4, "CONVENE_LEG_CONNECTED has another value");
CHECK(CONVENE_LEG_DEGRADED == 5, "CONVENE_LEG_DEGRADED has another value");
CHECK(CONVENE_LEG_LEFT == 6, "CONVENE_LEG_LEFT has another value");
CHECK(CONVENE_LEG_DECLINED == 7, "CONVENE_LEG_DECLINED has another value");
CHECK(CONVENE_LEG_EXPIRED == 8, "CONVENE_LEG_EXPIRED has another value");
CHECK(CONVENE_LEG_FAILED == 9, "CONVENE_LEG_FAILED has another value");
CHECK(CONVENE_EVENT_CREATED == 1, "CONVENE_EVENT_CREATED has another value");
CHECK(CONVENE_EVENT_ARRIVED == 2, "CONVENE_EVENT_ARRIVED has another value");
CHECK(CONVENE_EVENT_DUE == 3, "CONVENE_EVENT_DUE has another value");
CHECK(CONVENE_EVENT_LEG == 4, "CONVENE_EVENT_LEG has another value");
CHECK(CONVENE_EVENT_ACCEPTED == 5, "CONVENE_EVENT_ACCEPTED has another value");
CHECK(CONVENE_EVENT_MISSED == 6, "CONVENE_EVENT_MISSED has another value");
CHECK(CONVENE_EVENT_NO_AGENT == 7, "CONVENE_EVENT_NO_AGENT has another value");
CHECK(CONVENE_EVENT_TIMER == 8, "CONVENE_EVENT_TIMER has another value");
CHECK(CONVENE_EVENT_REQUEST == 9, "CONVENE_EVENT_REQUEST has another value");
CHECK(CONVENE_END_COMPLETED == 1, "CONVENE_END_COMPLETED has another value");
CHECK(CONVENE_END_RETIMED == 2, "CONVENE_END_RETIMED has another value");
CHECK(CONVENE_END_CANCELLED == 3, "CONVENE_END_CANCELLED has another value");
CHECK(CONVENE_END_DECLINED == 4, "CONVENE_END_DECLINED has another value");
CHECK(CONVENE_END_ESCALATED == 5, "CONVENE_END_ESCALATED has another value");
CHECK(CONVENE_CHANNEL_JOINED == 1, "CONVENE_CHANNEL_JOINED has another value");
CHECK(CONVENE_CHANNEL_LEFT == 2, "CONVENE_CHANNEL_LEFT has another value");
CHECK(CONVENE_CHANNEL_FRAME == 3, "CONVENE_CHANNEL_FRAME has another value");
CHECK(CONVENE_TO_ALL == 1, "CONVENE_TO_ALL has another value");
CHECK(CONVENE_TO_OTHERS == 2, "CONVENE_TO_OTHERS has another value");
CHECK(CONVENE_TO_SENDER == 3, "CONVENE_TO_SENDER has another value");

#endif
