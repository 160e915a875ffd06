/* tests/zoo/animals.c - plugins in C that break the contract, one way for each ANIMAL; GOOD is the one that does not.
 *
 * A plain C11 plugin is also the proof that nothing but abi.h is needed to write one. */
#include <string.h>

#include "convene/routing.h"
#include "convene/service.h"

#define GOOD 0
#define WRONG_MAJOR 1
#define NEWER_MINOR 2
#define SHORT_ENTRY 3
#define SHORT_DESCRIPTOR 4
#define HUGE_COUNT 5
#define NO_PLUGINS 6
#define NULL_DESCRIPTOR 7
#define NULL_ENTRY_FUNCTIONS 8
#define NULL_TABLE 9
#define NULL_DECIDE 10
#define NULL_INSTANCE_FUNCTIONS 11
#define BAD_ID 12
#define DUPLICATE_ID 13
#define SCHEMA_NOT_JSON 14
#define SCHEMA_UNKNOWN_KEYWORD 15
#define REFUSES_CREATE 16
#define REFUSES_START 17
#define WRONG_STATUS 18
#define INDEX_BEYOND 19
#define WILD_DESCRIPTOR 20
#define WILD_TEXT 21
#define HUGE_STATE 22
#define MANY_EFFECTS 23
#define FLOODS_SINKS 24
#define LATE_EFFECT 25
#define OFFERS_NOTHING 26
#define BAD_VERSION 27
#define OLD_MAJOR_DESCRIPTOR 28
#define HUGE_ID 29
#define NOT_UTF8 30
#define WRONG_EFFECTS 31
#define MORE_WITHOUT_MORE 32
#define SAYS_PARKED 33
#define WILD_INSTANCE 34
#define SLOW 35

#define T(literal) {literal, sizeof(literal) - 1}

static const convene_host* host;

static void fail(const char* why) {
  convene_text text;
  text.data = why;
  text.size = strlen(why);
  host->fail(host->self, text);
}

static convene_text text_of(const char* s) {
  convene_text text;
  text.data = s;
  text.size = strlen(s);
  return text;
}

/* The policy: the first candidate, who has been free longest. */
static convene_status decide(void* self, const convene_routing_request* request, convene_routing_answer* answer) {
  (void)self;
#if ANIMAL == WRONG_STATUS
  return 7;
#elif ANIMAL == SAYS_PARKED
  return CONVENE_E_PARKED;
#elif ANIMAL == FLOODS_SINKS
  static char much[70000];
  int i;
  memset(much, 'x', sizeof much);
  for (i = 0; i < 1000; ++i) answer->reason->write(answer->reason->self, text_of("flood"));
  answer->action = CONVENE_ROUTING_OVERFLOW;
  {
    convene_text pool;
    pool.data = much;
    pool.size = sizeof much;
    answer->pool->write(answer->pool->self, pool);
    pool.data = NULL;
    answer->pool->write(answer->pool->self, pool);
  }
  return CONVENE_OK;
#elif ANIMAL == INDEX_BEYOND
  answer->action = request->candidate_count ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  answer->index = request->candidate_count;
  answer->reason->write(answer->reason->self, text_of("the last but none"));
  return CONVENE_OK;
#elif ANIMAL == MORE_WITHOUT_MORE
  answer->action = CONVENE_ROUTING_MORE;
  return CONVENE_OK;
#elif ANIMAL == SLOW
  volatile unsigned long i;
  for (i = 0; i < 100000000ul; ++i) {
  }
#endif
  answer->action = request->candidate_count ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  answer->index = 0;
  answer->reason->write(answer->reason->self, text_of("free longest"));
  return CONVENE_OK;
}

static convene_status step(void* self, const convene_session* session, convene_text state,
                           const convene_service_event* event, const convene_service_effects* effects) {
  static const convene_service_effects* kept;
  (void)self, (void)session, (void)state, (void)event;
#if ANIMAL == HUGE_STATE
  static char much[65537];
  convene_text big;
  big.data = much;
  big.size = sizeof much;
  effects->save_state(effects->self, big);
#elif ANIMAL == MANY_EFFECTS
  int i;
  for (i = 0; i < 65; ++i) effects->stop_search(effects->self);
#elif ANIMAL == LATE_EFFECT
  if (kept) kept->add_customer(kept->self); /* the same guard: it is open now */
#elif ANIMAL == WRONG_EFFECTS
  effects->set_timer(effects->self, 8, 1);
  effects->notify(effects->self, 99, text_of("x"), text_of("{}"));
#endif
  kept = effects;
  return effects->add_customer(effects->self);
}

static const convene_routing routing = {
#if ANIMAL == NULL_DECIDE
    NULL,
#else
    decide,
#endif
    NULL};
static const convene_service service = {step};

static convene_status start(void* self) {
  (void)self;
#if ANIMAL == REFUSES_START
  fail("there is no licence; put one into the settings");
  return CONVENE_E_FAILED;
#else
  return CONVENE_OK;
#endif
}

static const void* extension(void* self, convene_text id) {
  (void)self;
#if ANIMAL == NULL_TABLE
  return NULL;
#endif
  if (id.size == sizeof CONVENE_ROUTING - 1 && !memcmp(id.data, CONVENE_ROUTING, id.size)) return &routing;
  if (id.size == sizeof CONVENE_SERVICE - 1 && !memcmp(id.data, CONVENE_SERVICE, id.size)) return &service;
  return NULL;
}

static void stop(void* self) { (void)self; }
static void destroy(void* self) { (void)self; }

static const convene_plugin plugin = {NULL, start, extension, stop,
#if ANIMAL == NULL_INSTANCE_FUNCTIONS
                                      NULL
#else
                                      destroy
#endif
};

static const convene_descriptor descriptors[2] = {
#define DESCRIPTOR(id)                                                                             \
  {                                                                                                \
    ANIMAL == SHORT_DESCRIPTOR ? 24u : (uint32_t)sizeof(convene_descriptor),                       \
        ANIMAL == OLD_MAJOR_DESCRIPTOR ? 0u : CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR, 1, id, VERSION, \
        SUMMARY, OFFERS, SCHEMA, T("")                                                             \
  }
#if ANIMAL == BAD_ID
#define ID T("Policy Bad/../x")
#elif ANIMAL == HUGE_ID
#define ID {"x", (size_t)-1}
#elif ANIMAL == WILD_TEXT
#define ID {(const char*)16, 8}
#else
#define ID T("animal")
#endif
#if ANIMAL == BAD_VERSION
#define VERSION T("one")
#else
#define VERSION T("1.0.0")
#endif
#if ANIMAL == NOT_UTF8
#define SUMMARY T("\xff\xfe")
#else
#define SUMMARY T("An animal of the zoo.")
#endif
#if ANIMAL == OFFERS_NOTHING
#define OFFERS T("convene.dance/1")
#else
#define OFFERS T(CONVENE_ROUTING " " CONVENE_SERVICE)
#endif
#if ANIMAL == SCHEMA_NOT_JSON
#define SCHEMA T("{\"type\":")
#elif ANIMAL == SCHEMA_UNKNOWN_KEYWORD
#define SCHEMA T("{\"type\":\"object\",\"patternProperties\":{}}")
#else
#define SCHEMA T("{\"type\":\"object\",\"properties\":{\"mood\":{\"enum\":[\"good\"]}},\"additionalProperties\":false}")
#endif
    DESCRIPTOR(ID),
#if ANIMAL == DUPLICATE_ID
    DESCRIPTOR(T("animal"))
#else
    DESCRIPTOR(T("second"))
#endif
};

static const convene_descriptor* descriptor(uint32_t index) {
#if ANIMAL == NULL_DESCRIPTOR
  (void)index;
  return NULL;
#elif ANIMAL == WILD_DESCRIPTOR
  (void)index;
  return (const convene_descriptor*)4096;
#else
  return &descriptors[index < 2 ? index : 1];
#endif
}

static const convene_plugin* create(uint32_t index, const convene_host* given, convene_text config) {
  (void)index, (void)config;
  host = given;
#if ANIMAL == REFUSES_CREATE
  fail("the moon is not full; wait");
  return NULL;
#elif ANIMAL == WILD_INSTANCE
  return (const convene_plugin*)64;
#else
  (void)fail;
  return &plugin;
#endif
}

CONVENE_EXPORT const convene_entry convene_entry_v1;
CONVENE_EXPORT const convene_entry convene_entry_v1 = {
    ANIMAL == SHORT_ENTRY ? 8u : (uint32_t)sizeof(convene_entry),
    ANIMAL == WRONG_MAJOR ? 2u : CONVENE_ABI_MAJOR,
    ANIMAL == NEWER_MINOR ? CONVENE_ABI_MINOR + 1 : CONVENE_ABI_MINOR,
    ANIMAL == HUGE_COUNT ? 4000000000u : ANIMAL == NO_PLUGINS ? 0u : 2u,
#if ANIMAL == NULL_ENTRY_FUNCTIONS
    NULL, NULL
#else
    descriptor, create
#endif
};
