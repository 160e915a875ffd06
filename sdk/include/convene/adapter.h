/* sdk/include/convene/adapter.h - an adapter: a bridge from the buses to a system outside, such as an ACD or a CRM.
 *
 * The only kind of plugin that does I/O. It runs in a process of its own, between the command bus and the foreign
 * system: it answers requests, reports events, and speaks for legs that have no client of ours. An adapter may as well
 * be a program in any language that speaks the bus (sdk/bus/README.md); this table is for those that want the bus done:
 * convene-host says hello, keeps the connection, answers repetitions, says everything again to a core that was
 * restarted, and repeats leg messages until the core has them. It says what the configuration's `kind` may say.
 *
 * Calls come one at a time on a thread of the adapter's own, and may wait for the foreign system. One that does not
 * come back within half a minute ends the process, which is then started anew.
 */
#ifndef CONVENE_ADAPTER_H
#define CONVENE_ADAPTER_H

#include "convene/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONVENE_ADAPTER "convene.adapter/1"

/* A request from the core, or a notice. A record. An "offer" to an agent that the adapter speaks for is a request as
 * well: {"accepts":true} takes it. A notice ("offer_ended", "roster", an event of the configuration's `events`) has the
 * token 0. "gap" {word, missed} says that events did not come. */
typedef struct convene_adapter_request {
  uint32_t size;
  uint32_t reserved; /* 0 */
  uint64_t token;    /* answer it exactly once (law 5), within its deadline; 0: a notice, which wants no answer */
  convene_text name; /* "place_call", "look_up", "offer", ... */
  convene_text idempotency_key; /* the same key asks for the same effect: do it once */
  convene_text body;   /* a JSON object */
  int64_t deadline_ms; /* from now; an answer that is later is refused */
} convene_adapter_request;

/* What an adapter may say. A frozen table; lives until `destroy`. */
typedef struct convene_adapter_bus {
  void* self;
  /* [any] Answers the request `token`: `ok` not 0 with the result, else with {"code","text"}; a JSON object.
   * CONVENE_E_INVALID: nobody waits for that answer, or no more; CONVENE_E_LIMIT: too much waits to be sent. */
  convene_status (*reply)(void* self, uint64_t token, int32_t ok, convene_text body) CONVENE_NOEXCEPT;
  /* [any] Reports an event of the foreign system; a JSON object. "agent_state" {agent, state}: from here on the adapter
   * speaks for that agent, who is attached if need be. */
  convene_status (*event)(void* self, convene_text name, convene_text body) CONVENE_NOEXCEPT;
  /* [any] Says what has become of a leg that this adapter is proxy of: {leg, state, channels?, reason?}, the words of
   * sdk/bus/schema/leg.json. Once is enough: numbers and repetition are the host's. */
  convene_status (*leg)(void* self, convene_text body) CONVENE_NOEXCEPT;
} convene_adapter_bus;

/* The extension. A frozen table. */
typedef struct convene_adapter {
  /* [init] Gives the bus; from here on the adapter may speak. */
  convene_status (*connect)(void* self, const convene_adapter_bus* bus) CONVENE_NOEXCEPT;
  /* [lane] A request or a notice. Returning a failure refuses it. */
  convene_status (*request)(void* self, const convene_adapter_request* request) CONVENE_NOEXCEPT;
  /* [lane] What the core wants of a leg now, as in sdk/bus/schema/leg.json: {leg, join: true, endpoint, details} or
   * {leg, join: false, reason}. Each new word comes once, a restart of either side apart. */
  void (*leg)(void* self, convene_text body) CONVENE_NOEXCEPT;
} convene_adapter;

#ifdef __cplusplus
}
#endif
#endif
