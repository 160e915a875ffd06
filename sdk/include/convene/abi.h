/* sdk/include/convene/abi.h - what every plugin and every host agree on.
 *
 * A plugin is a shared library with one exported symbol, `convene_entry_v1`. The host reads the entry, checks the
 * descriptor of each plugin in it, creates an instance with its configuration, asks the instance for the extensions
 * that the descriptor offers, and from then on calls the functions in those extension tables. That is all.
 *
 * THE SIX LAWS
 *
 *  1. Tables are frozen, records grow. A struct of functions never changes once released; a new function is a new
 *     extension id ("convene.routing/2"). A struct of data begins with `size` and only ever gains fields at its end.
 *  2. Who allocates, frees. Input is views; output goes to the caller's sink or to a host function. No ownership
 *     crosses the boundary, ever.
 *  3. Views live for the call. Whatever a pointer points at may be gone when the function returns: copy what you keep.
 *  4. Nothing unwinds across. No exception, no longjmp. In C++ the functions are `noexcept` and the C++ face turns a
 *     throw into a status.
 *  5. Every token is answered exactly once.
 *  6. Time, randomness and I/O come from the host. Host functions only record: what they ask for takes place after the
 *     call returned CONVENE_OK, or not at all. So nothing re-enters a plugin, and a failed call leaves no trace.
 *
 * TAGS on every function say how a host calls it, and the checking host is generated from them:
 *
 *   [init]   once, on the thread that loads, before or after everything else
 *   [lane]   on the plugin's lane: one call at a time, never two at once, not always the same thread
 *   [any]    on any thread, also while another call runs
 *   {quick}  answers from memory: no waiting, no I/O; a call that overruns its budget is counted, and a plugin that
 *            overruns it three times, without a thousand calls in time after any of them, is parked
 *   {pure}   the same arguments give the same answer
 *
 * Texts are UTF-8 views, not terminated by a zero byte. Structured values cross as JSON text. Times are milliseconds
 * since 1970-01-01T00:00:00Z. This header needs C11, <stddef.h> and <stdint.h>; it is also C++.
 */
#ifndef CONVENE_ABI_H
#define CONVENE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CONVENE_NOEXCEPT noexcept
extern "C" {
#else
#define CONVENE_NOEXCEPT
#endif

/* The version of this boundary. `major` must be equal; a host accepts every minor up to its own. */
#define CONVENE_ABI_MAJOR 1u
#define CONVENE_ABI_MINOR 0u

#if defined(__GNUC__)
#define CONVENE_EXPORT __attribute__((visibility("default")))
#else
#define CONVENE_EXPORT
#endif

/* What a call came to. Negative values are failures; the host keeps the state from before the call. */
typedef int32_t convene_status;
#define CONVENE_OK 0
#define CONVENE_E_FAILED (-1)      /* the plugin could not; it said why through convene_host.fail */
#define CONVENE_E_INVALID (-2)     /* an argument breaks this contract */
#define CONVENE_E_UNSUPPORTED (-3) /* understood, but not offered */
#define CONVENE_E_LIMIT (-4)       /* a bound was reached: a sink is full, a count too large */
#define CONVENE_E_THROWN (-5)      /* the C++ face caught an exception (law 4) */
#define CONVENE_E_PARKED (-6)      /* never from a plugin: the host has parked it and did not call */
#define CONVENE_E_STATE (-7)       /* the state given is of a schema that this plugin does not know */

/* Whether a record that the other side made reaches as far as `field` (law 1). */
#define CONVENE_HAS(record, field) \
  ((size_t)(record)->size >= (size_t)((const char*)(&(record)->field + 1) - (const char*)(record)))

/* A view of UTF-8 text or of bytes. `data` may be null only when `size` is 0. */
typedef struct convene_text {
  const char* data;
  size_t size;
} convene_text;

/* Where a function writes text that it returns (law 2). May be called several times: pieces are appended.
 * Returns CONVENE_E_LIMIT, and keeps nothing of the piece, when the host's bound is reached. */
typedef struct convene_sink {
  void* self;
  convene_status (*write)(void* self, convene_text piece) CONVENE_NOEXCEPT; /* [lane] */
} convene_sink;

#define CONVENE_LOG_DEBUG 0
#define CONVENE_LOG_INFO 1
#define CONVENE_LOG_WARNING 2
#define CONVENE_LOG_ERROR 3

/* What a host gives to every instance at its creation. Lives longer than the instance. A frozen table. */
typedef struct convene_host {
  void* self;
  /* [any] {quick} Logs `message` under the stable `id` ("policy_skills.no_levels"). Put no name, number, secret or
   * identifier into it: hosts show logs to people. */
  void (*log)(void* self, int32_t level, convene_text id, convene_text message) CONVENE_NOEXCEPT;
  /* [any] {quick} Says why the failure that is about to be returned happened: one sentence that names the remedy. */
  void (*fail)(void* self, convene_text message) CONVENE_NOEXCEPT;
} convene_host;

/* Describes one plugin. A record: grows at its end. All texts live as long as the library. */
typedef struct convene_descriptor {
  uint32_t size; /* sizeof(convene_descriptor) of whoever compiled it */
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t state_version; /* of the state that the plugin leaves with the host; 0: it leaves none */
  convene_text id;        /* [a-z0-9_]{1,64}, unique within a node: "policy_skills" */
  convene_text version;   /* semantic version: "1.2.0" */
  convene_text summary;   /* one sentence for the operator */
  convene_text offers;    /* extension ids, separated by one blank: "convene.routing/1" */
  convene_text config_schema; /* JSON Schema of the configuration; empty: takes none */
  convene_text state_schema;  /* JSON Schema of the state; empty: opaque bytes */
} convene_descriptor;

/* One instance. A frozen table. */
typedef struct convene_plugin {
  void* self;
  /* [init] Gets ready. A failure unloads the instance; nothing else of it is called but `destroy`. */
  convene_status (*start)(void* self) CONVENE_NOEXCEPT;
  /* [init] The table of the extension `id`, or null. Stays valid until `destroy`. Its functions get `self`. */
  const void* (*extension)(void* self, convene_text id) CONVENE_NOEXCEPT;
  /* [init] Comes to rest. Called once after a successful start. */
  void (*stop)(void* self) CONVENE_NOEXCEPT;
  /* [init] Ends the instance and whatever it allocated, this table included. */
  void (*destroy)(void* self) CONVENE_NOEXCEPT;
} convene_plugin;

/* The one exported symbol. A record. */
typedef struct convene_entry {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t plugin_count; /* 1 to 64 */
  /* [init] The descriptor of plugin `index`. */
  const convene_descriptor* (*descriptor)(uint32_t index) CONVENE_NOEXCEPT;
  /* [init] A new instance of plugin `index`. `config` is JSON that satisfies the descriptor's schema. Null after
   * convene_host.fail when it cannot be made. */
  const convene_plugin* (*create)(uint32_t index, const convene_host* host, convene_text config) CONVENE_NOEXCEPT;
} convene_entry;

#define CONVENE_ENTRY_SYMBOL "convene_entry_v1"

#ifdef __cplusplus
}
#endif
#endif
