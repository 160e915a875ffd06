/* sdk/include/convene/routing.h - a routing policy: which agent gets this session, or what happens instead.
 *
 * The core keeps the agents of a pool in the order in which they became free, leaves out everybody who is not ready,
 * has no free slot, or is already being offered something, and asks the policy page by page: the first page holds the
 * agents who have been free longest. So a policy sees few candidates even where ten thousand are signed in.
 */
#ifndef CONVENE_ROUTING_H
#define CONVENE_ROUTING_H

#include "convene/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONVENE_ROUTING "convene.routing/1"

/* A skill of an agent, level 1 (some) to 10 (master). */
typedef struct convene_skill {
  convene_text name;
  int32_t level;
  uint32_t reserved; /* 0 */
} convene_skill;

/* One agent who could take the session now. A record: step through an array of them by the stride given. */
typedef struct convene_candidate {
  uint32_t size;
  uint32_t sessions; /* live now, below `capacity` */
  uint32_t capacity; /* at least 1 */
  uint32_t missed;   /* offers of this very session that the agent declined or let expire */
  convene_text agent;
  int64_t idle_since_ms;
  const convene_skill* skills; /* sorted by name */
  size_t skill_count;
} convene_candidate;

/* What is asked. A record. */
typedef struct convene_routing_request {
  uint32_t size;
  uint32_t page; /* 0, 1, ... within one decision */
  uint32_t more; /* not 0: there is a further page, CONVENE_ROUTING_MORE may be answered */
  uint32_t attempt; /* offers made for this session so far */
  uint64_t session;
  convene_text flow;
  convene_text pool;
  convene_text context;      /* JSON object, as it was booked, to the byte */
  convene_text wanted_agent; /* empty: anybody */
  int64_t now_ms;
  int64_t waiting_since_ms;
  const convene_candidate* candidates;
  size_t candidate_count; /* may be 0: everybody is busy */
  size_t candidate_stride; /* bytes from one candidate to the next */
} convene_routing_request;

#define CONVENE_ROUTING_ASSIGN 1   /* candidate `index` gets an offer */
#define CONVENE_ROUTING_WAIT 2     /* ask again at `until_ms`, or as soon as anything changes */
#define CONVENE_ROUTING_OVERFLOW 3 /* go on with the pool written to `pool` */
#define CONVENE_ROUTING_MORE 4     /* nobody on this page: show the next one */

/* Where a policy may say how well candidates fit: whole numbers of its own, the greater the better. They stand in the
 * decision log beside the candidates; nothing is decided by them. */
typedef struct convene_scores {
  void* self;
  /* [lane] {quick} Candidate `index` has the score `score`; the last one given counts. CONVENE_E_INVALID, and nothing is
   * noted, where `index` is not below candidate_count. */
  convene_status (*give)(void* self, size_t index, int64_t score) CONVENE_NOEXCEPT;
} convene_scores;

/* What is answered. A record that the host has filled with zeros, its size and its sinks. */
typedef struct convene_routing_answer {
  uint32_t size;
  int32_t action;
  size_t index;
  int64_t until_ms;           /* WAIT: 0 means only when something changes */
  const convene_sink* pool;   /* OVERFLOW: the pool's name, at most 64 bytes */
  const convene_sink* reason; /* always: why, in a few words, for the decision log; at most 1024 bytes */
  /* Since 2026-11-23: see CONVENE_HAS. Null where nobody wants to know. */
  const convene_scores* scores;
} convene_routing_answer;

#define CONVENE_OUTCOME_ACCEPTED 1
#define CONVENE_OUTCOME_DECLINED 2
#define CONVENE_OUTCOME_EXPIRED 3
#define CONVENE_OUTCOME_WITHDRAWN 4

/* What became of an offer. A record. */
typedef struct convene_routing_outcome {
  uint32_t size;
  int32_t outcome;
  uint64_t session;
  convene_text agent;
  int64_t offered_ms; /* how long the offer stood */
} convene_routing_outcome;

/* The extension. A frozen table. */
typedef struct convene_routing {
  /* [lane] {quick} {pure} Decides. A failure makes the host ask the flow's fallback policy. */
  convene_status (*decide)(void* self, const convene_routing_request* request,
                           convene_routing_answer* answer) CONVENE_NOEXCEPT;
  /* [lane] {quick} Learns what became of an offer. May be null. */
  void (*outcome)(void* self, const convene_routing_outcome* outcome) CONVENE_NOEXCEPT;
} convene_routing;

#ifdef __cplusplus
}
#endif
#endif
