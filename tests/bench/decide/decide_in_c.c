/* tests/bench/decide/decide_in_c.c - the baseline: longest idle, and longest idle with a skill, in plain C. */
#include <string.h>

#include "convene/routing.h"

#define T(literal) \
  { literal, sizeof(literal) - 1 }

static convene_status say(const convene_sink* sink, const char* text, size_t size) {
  convene_text piece;
  piece.data = text;
  piece.size = size;
  return sink->write(sink->self, piece);
}

static convene_status longest_idle(void* self, const convene_routing_request* request,
                                   convene_routing_answer* answer) {
  (void)self;
  if (request->candidate_count == 0) {
    answer->action = CONVENE_ROUTING_WAIT;
    return say(answer->reason, "everybody is busy", 17);
  }
  answer->action = CONVENE_ROUTING_ASSIGN;
  answer->index = 0;
  return say(answer->reason, "free longest", 12);
}

static convene_status with_skill(void* self, const convene_routing_request* request,
                                 convene_routing_answer* answer) {
  size_t i, s;
  (void)self;
  for (i = 0; i < request->candidate_count; ++i) {
    const convene_candidate* c = (const convene_candidate*)((const char*)request->candidates +
                                                            i * request->candidate_stride);
    for (s = 0; s < c->skill_count; ++s) {
      if (c->skills[s].name.size == 2 && memcmp(c->skills[s].name.data, "fr", 2) == 0) {
        if (c->skills[s].level < 5) break;
        answer->action = CONVENE_ROUTING_ASSIGN;
        answer->index = i;
        return say(answer->reason, "speaks it", 9);
      }
    }
  }
  answer->action = CONVENE_ROUTING_WAIT;
  return say(answer->reason, "nobody speaks it", 16);
}

static const convene_routing tables[2] = {{longest_idle, NULL}, {with_skill, NULL}};

static convene_status start(void* self) {
  (void)self;
  return CONVENE_OK;
}
static const void* extension(void* self, convene_text id) {
  (void)id;
  return self;
}
static void nothing(void* self) { (void)self; }

static const convene_plugin plugins[2] = {{(void*)&tables[0], start, extension, nothing, nothing},
                                          {(void*)&tables[1], start, extension, nothing, nothing}};

#define DESCRIPTOR(id)                                                                   \
  {                                                                                      \
    sizeof(convene_descriptor), CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR, 0, id, T("1.0.0"), \
        T("Baseline."), T(CONVENE_ROUTING), T(""), T("")                                 \
  }
static const convene_descriptor descriptors[2] = {DESCRIPTOR(T("longest_idle")),
                                                  DESCRIPTOR(T("with_skill"))};

static const convene_descriptor* descriptor(uint32_t index) { return &descriptors[index]; }
static const convene_plugin* create(uint32_t index, const convene_host* host, convene_text config) {
  (void)host, (void)config;
  return &plugins[index];
}

CONVENE_EXPORT const convene_entry convene_entry_v1;
CONVENE_EXPORT const convene_entry convene_entry_v1 = {
    sizeof(convene_entry), CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR, 2, descriptor, create};
