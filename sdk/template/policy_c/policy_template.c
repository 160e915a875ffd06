/* policy_template.c - a routing policy in C11: which agent gets a session, or what happens instead. */
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

/* Candidates could all take the session now and come longest free first, page by page. */
static convene_status decide(void* self, const convene_routing_request* request,
                             convene_routing_answer* answer) {
  size_t i;
  (void)self;
  for (i = 0; i < request->candidate_count; ++i) {
    /* A session that was promised to somebody is never given to anybody else. */
    if (request->wanted_agent.size > 0 &&
        !same(candidate(request, i)->agent, request->wanted_agent))
      continue;
    answer->action = CONVENE_ROUTING_ASSIGN;
    answer->index = i;
    return say(answer->reason, "free longest of those who may");
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
    TEXT("policy_template"),
    TEXT("0.1.0"),
    TEXT("Gives a session to whoever has been free longest."),
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
