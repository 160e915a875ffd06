/* sdk/include/convene/adapter.h - an adapter: a bridge from the buses to a system outside, such as an ACD or a CRM.
 *
 * The only kind of plugin that does I/O. It runs in a process of its own, between the command bus and the foreign
 * system: it answers requests, reports events, and speaks for legs that have no client of ours. An adapter may as well
 * be a program in any language that speaks the bus (sdk/bus/README.md); this table is for those that want the bus done.
 */
#ifndef CONVENE_ADAPTER_H
#define CONVENE_ADAPTER_H

#include "convene/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONVENE_ADAPTER "convene.adapter/1"

/* A request from the core. A record. */
typedef struct convene_adapter_request {
  uint32_t size;
  uint32_t reserved; /* 0 */
  uint64_t token;    /* answer it exactly once (law 5) */
  convene_text name; /* "place_call", "look_up", ... */
  convene_text idempotency_key; /* the same key asks for the same effect: do it once */
  convene_text body; /* JSON */
  int64_t deadline_ms;
} convene_adapter_request;

/* What an adapter may say. A frozen table; lives until `destroy`. */
typedef struct convene_adapter_bus {
  void* self;
  /* [any] Answers the request `token`: `ok` not 0 with the result, else with {"code","text"}; JSON. */
  convene_status (*reply)(void* self, uint64_t token, int32_t ok, convene_text body) CONVENE_NOEXCEPT;
  /* [any] Reports an event of the foreign system: "agent_state", "call", ...; JSON. */
  convene_status (*event)(void* self, convene_text name, convene_text body) CONVENE_NOEXCEPT;
  /* [any] Sends a leg message for a leg that this adapter is proxy of; JSON as in sdk/bus/schema/leg.json. */
  convene_status (*leg)(void* self, convene_text body) CONVENE_NOEXCEPT;
} convene_adapter_bus;

/* The extension. A frozen table. */
typedef struct convene_adapter {
  /* [init] Gives the bus; from here on the adapter may speak. */
  convene_status (*connect)(void* self, const convene_adapter_bus* bus) CONVENE_NOEXCEPT;
  /* [lane] A request. Returning a failure refuses it. */
  convene_status (*request)(void* self, const convene_adapter_request* request) CONVENE_NOEXCEPT;
  /* [lane] A leg message from the core. */
  void (*leg)(void* self, convene_text body) CONVENE_NOEXCEPT;
} convene_adapter;

#ifdef __cplusplus
}
#endif
#endif
