/* sdk/include/convene/service.h - a service: when endpoints join and leave a session.
 *
 * The core's session instance is generic. It adds and removes endpoints, keeps the roster, opens and closes channels,
 * and knows no service. The service instance decides *when*: it is told what happened, one event at a time, and
 * answers with effects and its next state. The state belongs to the core, which stores it with the session; the plugin
 * keeps nothing between calls. So a restart, a reload or a replay continues where the last step ended.
 */
#ifndef CONVENE_SERVICE_H
#define CONVENE_SERVICE_H

#include "convene/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONVENE_SERVICE "convene.service/1"

#define CONVENE_ROLE_CUSTOMER 1
#define CONVENE_ROLE_AGENT 2
#define CONVENE_ROLE_SUPERVISOR 3
#define CONVENE_ROLE_AUTOMATON 4

/* The states of a leg. The session instance moves them; a service only reads. */
#define CONVENE_LEG_INVITED 1
#define CONVENE_LEG_ACCEPTED 2
#define CONVENE_LEG_CONNECTING 3
#define CONVENE_LEG_CONNECTED 4
#define CONVENE_LEG_DEGRADED 5
#define CONVENE_LEG_LEFT 6
#define CONVENE_LEG_DECLINED 7
#define CONVENE_LEG_EXPIRED 8
#define CONVENE_LEG_FAILED 9

/* One leg of the session. A record: step through an array of them by the stride given. */
typedef struct convene_leg {
  uint32_t size;
  int32_t role;
  int32_t state;
  uint32_t reserved; /* 0 */
  uint64_t id;
  convene_text endpoint; /* an agent's id; empty for a customer */
} convene_leg;

/* The session as it is. A record. */
typedef struct convene_session {
  uint32_t size;
  uint32_t searching; /* not 0: an agent is being looked for, or an offer stands */
  uint64_t id;
  convene_text flow;
  convene_text settings;     /* JSON object: the flow's `settings` table */
  convene_text context;      /* JSON object, as it was booked */
  convene_text wanted_agent; /* empty: anybody will do */
  int64_t now_ms;
  int64_t due_ms; /* the agreed time; 0: none */
  const convene_leg* legs;
  size_t leg_count;
  size_t leg_stride;
} convene_session;

#define CONVENE_EVENT_CREATED 1   /* the session instance exists; always the first */
#define CONVENE_EVENT_ARRIVED 2   /* the customer is here: asked to talk now, or returned the identifier */
#define CONVENE_EVENT_DUE 3       /* the agreed time has come */
#define CONVENE_EVENT_LEG 4       /* `leg` changed to `leg_state` */
#define CONVENE_EVENT_ACCEPTED 5  /* `agent` accepted: add the agent, or say why not */
#define CONVENE_EVENT_MISSED 6    /* `agent` declined or let the offer expire; the search goes on by itself */
#define CONVENE_EVENT_NO_AGENT 7  /* nobody can take the session: wanted agent gone, pool empty, waited too long */
#define CONVENE_EVENT_TIMER 8     /* timer `timer` has run out */
#define CONVENE_EVENT_REQUEST 9   /* an endpoint asks for `name` with `detail` (JSON): "leave", "open_channel", ... */

/* What happened. A record; fields that an event does not speak of are 0 or empty. */
typedef struct convene_service_event {
  uint32_t size;
  int32_t kind;
  uint64_t leg;
  int32_t leg_state;
  uint32_t timer;
  convene_text agent;
  convene_text name;
  convene_text detail;
} convene_service_event;

#define CONVENE_END_COMPLETED 1
#define CONVENE_END_RETIMED 2
#define CONVENE_END_CANCELLED 3
#define CONVENE_END_DECLINED 4
#define CONVENE_END_ESCALATED 5

/* Effects. The host records them; they take place in this order after the step returned CONVENE_OK (law 6). Each
 * returns CONVENE_OK or CONVENE_E_LIMIT (more than 64 effects in a step) or CONVENE_E_INVALID. A frozen table. */
typedef struct convene_service_effects {
  void* self;
  /* [lane] Adds the customer's endpoint: sends it connection details. No effect where it is already joined. */
  convene_status (*add_customer)(void* self) CONVENE_NOEXCEPT;
  /* [lane] Adds agent `agent` after CONVENE_EVENT_ACCEPTED: sends connection details to desk or proxy. */
  convene_status (*add_agent)(void* self, convene_text agent) CONVENE_NOEXCEPT;
  /* [lane] Removes a leg; `reason` is a code for logs and pages ("agent_left"). */
  convene_status (*remove)(void* self, uint64_t leg, convene_text reason) CONVENE_NOEXCEPT;
  /* [lane] Starts looking for an agent in `pool` (empty: the flow's). With `agent`, for that one and nobody else. */
  convene_status (*find_agent)(void* self, convene_text pool, convene_text agent) CONVENE_NOEXCEPT;
  /* [lane] Stops looking and withdraws a standing offer. */
  convene_status (*stop_search)(void* self) CONVENE_NOEXCEPT;
  /* [lane] Opens or closes a channel for every leg, those already joined included. */
  convene_status (*open_channel)(void* self, convene_text channel) CONVENE_NOEXCEPT;
  convene_status (*close_channel)(void* self, convene_text channel) CONVENE_NOEXCEPT;
  /* [lane] Sets timer `timer` (0 to 7) to `at_ms`, or clears it with 0. */
  convene_status (*set_timer)(void* self, uint32_t timer, int64_t at_ms) CONVENE_NOEXCEPT;
  /* [lane] Tells every endpoint of `role` (0: all) something; `notice` is a code, `detail` JSON. */
  convene_status (*notify)(void* self, int32_t role, convene_text notice, convene_text detail) CONVENE_NOEXCEPT;
  /* [lane] Ends the session: removes every leg; the rendezvous ends with `end` (CONVENE_END_...). */
  convene_status (*end)(void* self, int32_t end, convene_text reason) CONVENE_NOEXCEPT;
  /* [lane] Leaves the next state, at most 64 KiB. Without it the state stays as it is. */
  convene_status (*save_state)(void* self, convene_text state) CONVENE_NOEXCEPT;
} convene_service_effects;

/* The extension. A frozen table. */
typedef struct convene_service {
  /* [lane] {quick} {pure} One step. `state` is what the last step saved, empty before the first. */
  convene_status (*step)(void* self, const convene_session* session, convene_text state,
                         const convene_service_event* event,
                         const convene_service_effects* effects) CONVENE_NOEXCEPT;
} convene_service;

#ifdef __cplusplus
}
#endif
#endif
