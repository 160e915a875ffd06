/* sdk/include/convene/channel.h - a channel: what one media type lets through, to whom, and what it keeps.
 *
 * Channels run in the gateway that carries the session's media. The host keeps, for every channel of every session, a
 * small state and a log of numbered entries. The plugin looks at each frame that an endpoint sends and records an entry
 * (everybody gets it, and whoever comes back later gets what it missed), delivers something that is not kept, or
 * refuses. Numbering, storage, fan-out and resumption are the host's.
 */
#ifndef CONVENE_CHANNEL_H
#define CONVENE_CHANNEL_H

#include "convene/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONVENE_CHANNEL "convene.channel/1"

#define CONVENE_CHANNEL_JOINED 1 /* the leg `from` has opened the channel */
#define CONVENE_CHANNEL_LEFT 2   /* the leg `from` has closed it, or is gone */
#define CONVENE_CHANNEL_FRAME 3  /* the leg `from` sends `frame` */

/* What happened on the channel. A record. */
typedef struct convene_channel_input {
  uint32_t size;
  int32_t kind;
  uint64_t from;  /* a leg's id */
  int32_t role;   /* of `from`: CONVENE_ROLE_... of service.h */
  uint32_t legs;  /* how many legs have the channel open */
  int64_t now_ms;
  uint64_t entries;       /* in the log so far */
  convene_text settings;  /* JSON object: the flow's settings for this channel */
  convene_text state;     /* what the last call saved; empty before the first */
  convene_text frame;     /* JSON text as the endpoint sent it, at most 64 KiB */
} convene_channel_input;

#define CONVENE_TO_ALL 1    /* every leg that has the channel open */
#define CONVENE_TO_OTHERS 2 /* all but the sender */
#define CONVENE_TO_SENDER 3

/* Effects; they take place in order after CONVENE_OK (law 6). A frozen table. */
typedef struct convene_channel_effects {
  void* self;
  /* [lane] Appends `body` (JSON) to the log and sends it to every leg with its number. */
  convene_status (*record)(void* self, convene_text body) CONVENE_NOEXCEPT;
  /* [lane] Sends `body` (JSON) without keeping it. */
  convene_status (*deliver)(void* self, int32_t to, convene_text body) CONVENE_NOEXCEPT;
  /* [lane] Tells the sender that its frame was refused: `code` ("too_long"), `text` for people. */
  convene_status (*refuse)(void* self, convene_text code, convene_text text) CONVENE_NOEXCEPT;
  /* [lane] Leaves the next state, at most 4 KiB. */
  convene_status (*save_state)(void* self, convene_text state) CONVENE_NOEXCEPT;
} convene_channel_effects;

/* The extension. A frozen table. */
typedef struct convene_channel {
  /* [lane] {quick} {pure} Handles one input. A failure drops the frame; the sender is told. */
  convene_status (*frame)(void* self, const convene_channel_input* input,
                          const convene_channel_effects* effects) CONVENE_NOEXCEPT;
} convene_channel;

#ifdef __cplusplus
}
#endif
#endif
