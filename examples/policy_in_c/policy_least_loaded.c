/* examples/policy_in_c/policy_least_loaded.c - a routing policy in C11: the agent with the most room left. */
#include <string.h>

#include "convene/routing.h"

/* A view of a literal. */
#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

static int same(convene_text a, convene_text b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static convene_status say(const convene_sink* sink, const char* text) {
  convene_text piece;
  piece.data = text;
  piece.size = strlen(text);
  return sink->write(sink->self, piece);
}

/* Law 1: a newer host's records are longer. Step by its stride, never by sizeof. */
static const convene_candidate* candidate(const convene_routing_request* request, size_t index) {
  const char* first = (const char*)request->candidates;
  return (const convene_candidate*)(const void*)(first + index * request->candidate_stride);
}

/* Whether `a` should be asked rather than `b`: whoever has not missed this very session, then whoever has the smaller
 * share of the capacity in use. Shares are compared as fractions, without rounding. On equal terms the order of the
 * candidates stands: longest free first. */
static int is_better(const convene_candidate* a, const convene_candidate* b) {
  if ((a->missed == 0) != (b->missed == 0)) return a->missed == 0;
  return (uint64_t)a->sessions * b->capacity < (uint64_t)b->sessions * a->capacity;
}

/* What the decision log says of the candidate: how much of its capacity is free, in percent. */
static int64_t room(const convene_candidate* agent) {
  return agent->capacity == 0 ? 0 : 100 - (int64_t)agent->sessions * 100 / agent->capacity;
}

/* A page holds those who have been free longest; the choice is made among them. */
static convene_status decide(void* self, const convene_routing_request* request,
                             convene_routing_answer* answer) {
  const convene_candidate* best = NULL;
  size_t i;
  (void)self;
  for (i = 0; i < request->candidate_count; ++i) {
    const convene_candidate* agent = candidate(request, i);
    /* A session that was promised to somebody is never given to anybody else. */
    if (request->wanted_agent.size > 0 && !same(agent->agent, request->wanted_agent)) continue;
    /* An older host's answer ends before its scores (law 1), and not every host wants them. */
    if (CONVENE_HAS(answer, scores) && answer->scores != NULL)
      answer->scores->give(answer->scores->self, i, room(agent));
    if (best != NULL && !is_better(agent, best)) continue;
    best = agent;
    answer->index = i;
  }
  if (best != NULL) {
    answer->action = CONVENE_ROUTING_ASSIGN;
    return say(answer->reason,
               best->missed == 0 ? "most room left" : "most room left; all have missed it");
  }
  answer->action = request->more ? CONVENE_ROUTING_MORE : CONVENE_ROUTING_WAIT;
  return say(answer->reason, request->more ? "nobody on this page" : "nobody who may is free");
}

static const convene_routing routing = {decide, NULL};

/* One instance for all: it keeps nothing, so it needs nothing. */
static convene_status start(void* self) {
  (void)self;
  return CONVENE_OK;
}
static const void* extension(void* self, convene_text id) {
  const convene_text mine = TEXT(CONVENE_ROUTING);
  (void)self;
  return same(id, mine) ? &routing : NULL;
}
static void nothing(void* self) { (void)self; }

static const convene_plugin plugin = {NULL, start, extension, nothing, nothing};

static const convene_descriptor descriptor = {
    sizeof(convene_descriptor),
    CONVENE_ABI_MAJOR,
    CONVENE_ABI_MINOR,
    0,
    TEXT("policy_least_loaded"),
    TEXT("1.0.0"),
    TEXT("Gives a session to the agent with the most room left."),
    TEXT(CONVENE_ROUTING),
    TEXT("{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}"),
    TEXT("")};

static const convene_descriptor* describe(uint32_t index) {
  return index == 0 ? &descriptor : NULL;
}

static const convene_plugin* create(uint32_t index, const convene_host* host, convene_text config) {
  (void)host;
  (void)config;
  return index == 0 ? &plugin : NULL;
}

extern CONVENE_EXPORT const convene_entry convene_entry_v1;
CONVENE_EXPORT const convene_entry convene_entry_v1 = {
    sizeof(convene_entry), CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR, 1, describe, create};
