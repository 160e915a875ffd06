// core/check/rules.hpp - what a plugin can be seen to break, one name for each case that tells it.
#pragma once

#include <cstdint>

namespace convene::check {

/// The checking host notes each breach under its rule; a case looks at the rules that it is about.
enum class Rule : std::uint8_t {
  throws,            ///< An exception crossed the boundary (law 4).
  status,            ///< A status that does not exist, or that only a host may say.
  silent_failure,    ///< A failure without a reason.
  lane,              ///< A [lane] function of the host was called on another thread.
  outside,           ///< A host function was called while no call was under way.
  bad_text,          ///< A text is a null with a size, or not UTF-8 where people read it.
  action,            ///< A decision that does not exist, or a time before 1970.
  index,             ///< A candidate that is not on the page.
  more,              ///< A further page where there is none.
  pool,              ///< Overflow without a pool's name.
  no_reason,         ///< A decision without a word why.
  sink_bound,        ///< More text than a sink takes.
  effect_count,      ///< More than 64 effects in one call.
  effect_arguments,  ///< An effect with arguments that do not exist.
  state_size,        ///< More state than the host keeps.
  body,              ///< Not JSON where JSON is asked for.
  log,               ///< A log line without a stable id, a known level or a bounded text.
  token_twice,       ///< A request answered twice (law 5).
  token_unknown,     ///< An answer to what was never asked.
  token_never,       ///< A request that is not answered (law 5).
  state_schema,      ///< A state that its own schema refuses.
  clock,
  dice,
  io,
  waiting,
  thread,
  process,
  environment,  ///< Asked of the world and not of the host (law 6).
  kCount,
};

}  // namespace convene::check
