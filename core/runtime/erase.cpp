// core/runtime/erase.cpp - turns `erase` into all that the store knows of a rendezvous or a session.
#include "core/runtime/body_reader.hpp"
#include "core/runtime/node_state.hpp"

namespace convene {

/// By the number of a session, or by the identifier that its customer holds. Both mean the whole matter: the rendezvous
/// and each of its sessions. The engine erases it, with the commit that the answer waits for.
void Node::State::erase(const BusRequest& request) {
  const auto no = [&](const Error& error, std::int64_t retry_ms = 0) {
    server.answer(request.id, refusal(error.code, error.text, retry_ms), false);
  };
  BodyReader reader(request.body);
  const SessionId session{reader.number("session").value_or(0)};
  const std::string identifier = reader.text("id", 128);
  if (static_cast<bool>(session) != identifier.empty())
    reader.fail("session", "either it or \"id\" must be given");
  if (const Status status = reader.finish(); !status) return no(status.error());

  input::Forget forget{request.id, request.peer, {}, {}};
  if (session) {
    const auto rendezvous = options.store->rendezvous_of(session);
    if (!rendezvous && rendezvous.error().code == "store.none")
      return no({"no_session", "Nothing is kept of a session of this number."});
    if (!rendezvous) return no({"store_unavailable", rendezvous.error().text}, 1'000);
    forget.key = *rendezvous;
    forget.sessions = {session};
  } else {
    forget.key = hash_of(identifier);
  }
  if (forget.key) {
    const auto sessions = options.store->sessions_of(forget.key);
    if (!sessions) return no({"store_unavailable", sessions.error().text}, 1'000);
    forget.sessions.insert(forget.sessions.end(), sessions->begin(), sessions->end());
  }
  inbox.emplace_back(std::move(forget));
}

}  // namespace convene
