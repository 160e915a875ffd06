// core/store/tables.cpp - the SQL of the store. The tables themselves are in schema.cpp.
#include "core/store/tables.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/store/record_codec.hpp"
#include "core/store/rows.hpp"

namespace convene::store {
namespace {

std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

bool take(const std::string& bytes, Hash& hash) {
  if (bytes.size() != hash.bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(hash.bytes.data()));
  return true;
}

/// When it ended, of what has.
Nullable ended_of(const Rendezvous& r) {
  const bool known = r.state == RendezvousState::ended && r.ended_at;
  return known ? Nullable(to_ms(*r.ended_at)) : Nullable();
}

/// 1 or NULL: indexes leave out what is NULL.
Nullable flag(bool set) { return set ? Nullable(1) : Nullable(); }

constexpr const char* kKeyProof = "convene store 1";

#define CONVENE_RENDEZVOUS_COLUMNS \
  "r.key, r.state, r.wake, r.resident, r.session, r.flow, r.agent, r.body, r.id, r.ended"
constexpr const char* kRendezvousOut = "biiiiiibii";

}  // namespace

Tables::Tables(soci::session& s, Seal& seal)
    : seal_(seal),
      numbers_(s),
      begin_(s, "begin immediate"),
      commit_(s, "commit"),
      key_read_(s, "select key_proof from node", "", "b"),
      key_write_(s, "update node set key_proof = cast(:p as blob)", "b"),
      names_read_(s, "select id, text from name", "", "ib"),
      name_insert_(s, "insert into name (id, text) values (:id, :text)", "ib"),
      rendezvous_find_(
          s, "select id, state, wake, resident, ended from rendezvous where key = cast(:k as blob)",
          "b", "iiiii"),
      rendezvous_insert_(
          s,
          "insert into rendezvous (id, key, state, wake, resident, session, flow, agent, body, "
          "ended)"
          " values (:id, cast(:k as blob), :st, :w, :r, :s, :f, :a, cast(:b as blob), :e)"
          " on conflict do nothing",
          "ibiiiiiibi"),
      rendezvous_update_(
          s,
          "update rendezvous set state = :st, wake = :w, resident = :r, session = :s, flow = :f,"
          " agent = :a, body = cast(:b as blob), ended = :e where id = :id",
          "iiiiiibii"),
      // An index is written even where its column stays as it is, unless the statement leaves it
      // out, or its condition does.
      rendezvous_rewrite_(s,
                          "update rendezvous set state = :st, session = :s, flow = :f, agent = :a,"
                          " body = cast(:b as blob) where id = :id",
                          "iiiibi"),
      rendezvous_erase_(s, "delete from rendezvous where id = :id", "i"),
      rendezvous_aside_(s, "update rendezvous set wake = null where id = :id", "i"),
      session_put_(s,
                   "insert into session (id, live, ended, rendezvous, body) values (:id, :l, :e,"
                   " (select id from rendezvous where key = cast(:k as blob)), cast(:b as blob))"
                   " on conflict (id) do update set live = excluded.live, ended = excluded.ended,"
                   " rendezvous = excluded.rendezvous, body = excluded.body",
                   "iiibb"),
      session_rewrite_(s,
                       "update session set rendezvous = (select id from rendezvous where key ="
                       " cast(:k as blob)), body = cast(:b as blob) where id = :id",
                       "bbi"),
      session_erase_(s, "delete from session where id = :id", "i"),
      part_put_(s,
                "insert into part (session, kind, number, open, body)"
                " values (:s, :k, :n, :o, cast(:b as blob)) on conflict (session, kind, number)"
                " do update set open = excluded.open, body = excluded.body",
                "iiiib"),
      parts_erase_(s, "delete from part where session = :s", "i"),
      agent_put_(s,
                 "insert into agent (id, body) values (:id, cast(:b as blob))"
                 " on conflict (id) do update set body = excluded.body",
                 "bb"),
      load_(s,
            "select " CONVENE_RENDEZVOUS_COLUMNS
            " from rendezvous as r where key = cast(:k as blob)",
            "b", kRendezvousOut),
      // "indexed by" makes SQLite refuse to prepare what would not use the index: none of these may
      // ever take longer because more rendezvous are pending.
      due_(s,
           "select " CONVENE_RENDEZVOUS_COLUMNS
           " from rendezvous as r indexed by rendezvous_wake"
           " where wake is not null and wake <= :u order by wake, id limit :n",
           "ii", kRendezvousOut),
      resident_(s,
                "select " CONVENE_RENDEZVOUS_COLUMNS
                " from rendezvous as r indexed by rendezvous_resident where resident is not null",
                "", kRendezvousOut),
      rendezvous_live_(s,
                       "select " CONVENE_RENDEZVOUS_COLUMNS ", s.id from" CONVENE_LIVE_SESSIONS
                       " cross join rendezvous as r on r.id = s.rendezvous where" CONVENE_LIVE,
                       "", "biiiiiibiii"),
      sessions_live_(
          s, "select id, body from" CONVENE_LIVE_SESSIONS " where" CONVENE_LIVE " order by id", "",
          "ib"),
      legs_live_(s,
                 "select p.number, p.session, p.body from" CONVENE_LIVE_SESSIONS
                 " cross join part as p on p.session = s.id and p.kind = 3"
                 " where" CONVENE_LIVE " order by p.number",
                 "", "iib"),
      offers_live_(s,
                   "select p.number, p.session, p.body from" CONVENE_LIVE_SESSIONS
                   " cross join part as p on p.session = s.id and p.kind = 1"
                   " where" CONVENE_LIVE " and p.open is not null order by p.number",
                   "", "iib"),
      agents_(s, "select id, body from agent order by id", "", "bb"),
      decisions_(s, "select number, body from part where session = :s and kind = 2 order by number",
                 "i", "ib"),
      rendezvous_ended_(s,
                        "select key, ended from rendezvous indexed by rendezvous_ended"
                        " where ended is not null order by ended, id limit :n",
                        "i", "bi"),
      sessions_ended_(s,
                      "select id, ended from session indexed by session_ended"
                      " where ended is not null order by ended, id limit :n",
                      "i", "ii"),
      sessions_of_(s,
                   "select s.id from rendezvous as r cross join session as s indexed by"
                   " session_rendezvous on s.rendezvous = r.id and s.ended is not null"
                   " where r.key = cast(:k as blob)"
                   " union all select s.id from rendezvous as r cross join" CONVENE_LIVE_SESSIONS
                   " on s.rendezvous = r.id where r.key = cast(:l as blob) and" CONVENE_LIVE
                   " order by 1",
                   "bb", "i"),
      session_find_(s, "select body from session where id = :id", "i", "b") {
  names_read_.each([&] { add_name(names_read_.number(0), names_read_.bytes(1)); });
}

bool Tables::key_fits() {
  if (!key_read_.one()) return false;
  if (!key_read_.is_null(0)) {
    return seal_.unseal("key", key_read_.bytes(0), plain_) && plain_ == kKeyProof;
  }
  seal_.seal("key", kKeyProof, body_);
  key_write_.with(body_).run();
  return true;
}

// Sealing
// -----------------------------------------------------------------------------------------------------------

template <class T>
const std::string& Tables::sealed(const T& record) {
  row_.clear();
  plain_.clear();
  bind_to_row(record, row_);
  encode(record, plain_);
  seal_.seal(row_, plain_, body_);
  return body_;
}

template <class T>
bool Tables::unsealed(const std::string& body, T& record) {
  row_.clear();
  bind_to_row(record, row_);
  return seal_.unseal(row_, body, plain_) && decode(plain_, record);
}

// Names
// -------------------------------------------------------------------------------------------------------------

void Tables::add_name(std::int64_t id, std::string text) {
  name_ids_.emplace(text, id);
  names_.emplace(id, std::move(text));
}

std::int64_t Tables::intern(const std::string& text) {
  const auto known = name_ids_.find(text);
  if (known != name_ids_.end()) return known->second;
  const std::int64_t id = names_.empty() ? 1 : names_.rbegin()->first + 1;
  name_insert_.with(id, text).run();
  add_name(id, text);
  return id;
}

const std::string* Tables::name(std::int64_t id) {
  const auto known = names_.find(id);
  return known == names_.end() ? nullptr : &known->second;
}

// Writing
// -----------------------------------------------------------------------------------------------------------

void Tables::put(const Record& record) {
  std::visit([this](const auto& r) { write(r); }, record);
}

void Tables::write(const Rendezvous& r) {
  const auto state = static_cast<std::int64_t>(r.state);
  const bool booked = r.state == RendezvousState::booked;
  const auto wake = booked ? Nullable(to_ms(wake_of(r))) : Nullable();
  const auto session = r.session ? Nullable(number_of(r.session)) : Nullable();
  const auto agent = r.agent.empty() ? Nullable() : Nullable(intern(r.agent));
  const std::int64_t flow = intern(r.flow);
  const std::string_view key = bytes_of(r.key);
  const std::string& body = sealed(r);
  const auto resident = flag(is_resident_alone(r));
  const auto ended = ended_of(r);
  numbers_.count(state, 1);

  // Nearly every booked record is a new one, and nearly every other one is not: try the likely
  // thing first.
  const auto insert = [&] {
    const bool is_new = rendezvous_insert_
                            .with(numbers_.next_row(), key, state, wake, resident, session, flow,
                                  agent, body, ended)
                            .run() == 1;
    if (is_new) numbers_.took_row();
    return is_new;
  };
  if (booked && insert()) return;
  if (!rendezvous_find_.with(key).one()) {
    insert();
    return;
  }
  numbers_.count(rendezvous_find_.number(1), -1);
  const std::int64_t row = rendezvous_find_.number(0);
  const bool is_found_alike = rendezvous_find_.nullable(2) == wake &&
                              rendezvous_find_.nullable(3) == resident &&
                              rendezvous_find_.nullable(4) == ended;
  if (is_found_alike) {
    rendezvous_rewrite_.with(state, session, flow, agent, body, row).run();
  } else {
    rendezvous_update_.with(state, wake, resident, session, flow, agent, body, ended, row).run();
  }
}

void Tables::write(const Session& r) {
  const bool was_live = numbers_.is_live(r.id);
  numbers_.wrote(r);
  const auto id = number_of(r.id);
  const std::string_view rendezvous = r.rendezvous ? bytes_of(r.rendezvous) : std::string_view();
  const std::string& body = sealed(r);
  if (was_live && !r.ended_at && session_rewrite_.with(rendezvous, body, id).run() == 1) return;
  const auto ended = r.ended_at ? Nullable(to_ms(*r.ended_at)) : Nullable();
  session_put_.with(id, flag(!r.ended_at), ended, rendezvous, body).run();
}

template <class T>
void Tables::write_part(SessionId session, std::int64_t number, Nullable open, const T& record) {
  part_put_.with(number_of(session), kKindOf<T>, number, open, sealed(record)).run();
}

void Tables::write(const Leg& r) {
  numbers_.wrote(r);
  write_part(r.session, number_of(r.id), {}, r);
}

void Tables::write(const Offer& r) {
  numbers_.wrote(r);
  write_part(r.session, number_of(r.id), flag(is_open(r.state)), r);
}

void Tables::write(const Agent& r) { agent_put_.with(r.id, sealed(r)).run(); }

void Tables::write(const Decision& r) { write_part(r.session, std::int64_t{r.number}, {}, r); }

void Tables::erase(const Erase& what) {
  if (const auto* key = std::get_if<Hash>(&what.what)) {
    if (!rendezvous_find_.with(bytes_of(*key)).one()) return;
    numbers_.erased_rendezvous(rendezvous_find_.number(1));
    rendezvous_erase_.with(rendezvous_find_.number(0)).run();
    return;
  }
  const auto session = std::get<SessionId>(what.what);
  numbers_.erased(session);
  parts_erase_.with(number_of(session)).run();
  session_erase_.with(number_of(session)).run();
}

void Tables::set_aside(std::int64_t row) {
  rendezvous_aside_.with(row).run();
  numbers_.set_aside();
}

void Tables::commit() {
  numbers_.save();
  commit_.run();
}

// Reading
// -----------------------------------------------------------------------------------------------------------

bool Tables::read(Statement& row, Rendezvous& r) {
  const std::string* flow = name(row.number(5));
  const std::string* agent = row.is_null(6) ? nullptr : name(row.number(6));
  const std::int64_t state = row.number(1);
  if (!take(row.bytes(0), r.key) || state < 1 || state > 5 || !flow || (!row.is_null(6) && !agent))
    return false;
  r.state = static_cast<RendezvousState>(state);
  r.session = id_of<SessionId>(row.number(4));
  r.flow = *flow;
  r.agent = agent ? *agent : std::string{};
  r.ended_at.reset();
  if (!unsealed(row.bytes(7), r)) return false;
  if (r.state == RendezvousState::ended && !r.ended_at && !row.is_null(9))
    r.ended_at =
        from_ms(row.number(9));  // it ended under a former program, which did not note when
  if (r.ended_at ? row.is_null(9) || row.number(9) != to_ms(*r.ended_at) : !row.is_null(9))
    return false;
  // The two other indexed columns say nothing that the others do not: they must agree.
  const bool booked = r.state == RendezvousState::booked;
  const bool wakes =
      booked ? row.number(2) == to_ms(wake_of(r)) && !row.is_null(2) : row.is_null(2);
  return wakes && row.is_null(3) != is_resident_alone(r);
}

bool Tables::load(const Hash& key, Rendezvous& record) {
  if (!load_.with(bytes_of(key)).one()) return false;
  if (!read(load_, record)) throw DamagedRow("rendezvous");
  return true;
}

std::vector<Rendezvous> Tables::due(Time until, std::size_t limit,
                                    std::vector<std::int64_t>& damaged) {
  std::vector<Rendezvous> records;
  due_.with(to_ms(until), number_of(limit)).each([&] {
    Rendezvous record;
    if (read(due_, record)) {
      records.push_back(std::move(record));
    } else {
      damaged.push_back(due_.number(8));
    }
  });
  return records;
}

Ended Tables::ended(Time until, std::size_t limit) {
  Ended found;
  // One more than asked for tells when the next one ended.
  const auto is_listed = [&](Time at, std::size_t so_far) {
    if (at <= until && so_far < limit) return true;
    found.next = std::min(found.next, at);
    return false;
  };
  rendezvous_ended_.with(number_of(limit + 1)).each([&] {
    Hash key;
    const bool is_ours = take(rendezvous_ended_.bytes(0), key);
    if (is_listed(from_ms(rendezvous_ended_.number(1)), found.rendezvous.size()) && is_ours)
      found.rendezvous.push_back(key);
  });
  sessions_ended_.with(number_of(limit + 1)).each([&] {
    if (is_listed(from_ms(sessions_ended_.number(1)), found.sessions.size()))
      found.sessions.push_back(id_of<SessionId>(sessions_ended_.number(0)));
  });
  return found;
}

std::vector<SessionId> Tables::sessions_of(const Hash& key) {
  std::vector<SessionId> found;
  sessions_of_.with(bytes_of(key), bytes_of(key)).each([&] {
    found.push_back(id_of<SessionId>(sessions_of_.number(0)));
  });
  return found;
}

bool Tables::rendezvous_of(SessionId session, Hash& key) {
  if (!session_find_.with(number_of(session)).one()) return false;
  Session record{.id = session};
  if (!unsealed(session_find_.bytes(0), record)) throw DamagedRow("session");
  key = record.rendezvous;
  return true;
}

Snapshot Tables::live() {
  Snapshot snapshot;
  const char* damaged = nullptr;
  sessions_live_.each([&] {
    Session r{.id = id_of<SessionId>(sessions_live_.number(0))};
    if (!unsealed(sessions_live_.bytes(1), r) || r.ended_at) damaged = "session";
    snapshot.sessions.push_back(std::move(r));
  });
  legs_live_.each([&] {
    Leg r{.id = id_of<LegId>(legs_live_.number(0)),
          .session = id_of<SessionId>(legs_live_.number(1))};
    if (!unsealed(legs_live_.bytes(2), r)) damaged = "leg";
    snapshot.legs.push_back(std::move(r));
  });
  offers_live_.each([&] {
    Offer r{.id = id_of<OfferId>(offers_live_.number(0)),
            .session = id_of<SessionId>(offers_live_.number(1))};
    if (!unsealed(offers_live_.bytes(2), r) || !is_open(r.state)) damaged = "offer";
    snapshot.offers.push_back(std::move(r));
  });
  agents_.each([&] {
    Agent r{.id = agents_.bytes(0)};
    if (!unsealed(agents_.bytes(1), r)) damaged = "agent";
    snapshot.agents.push_back(std::move(r));
  });
  if (const char* tie = take_resident(snapshot)) damaged = tie;
  if (damaged) throw DamagedRow(damaged);
  snapshot.last_session = numbers_.last_session();
  snapshot.last_leg = numbers_.last_leg();
  snapshot.last_offer = numbers_.last_offer();
  return snapshot;
}

/// Nothing is left out before it was unsealed: what a column leaves out could be a column that somebody has changed.
const char* Tables::take_resident(Snapshot& snapshot) {
  const char* damaged = nullptr;
  resident_.each([&] {
    Rendezvous r;
    if (!read(resident_, r)) damaged = "rendezvous";
    snapshot.rendezvous.push_back(std::move(r));
  });
  std::unordered_set<std::uint64_t> tied;
  const auto session_of = [&](SessionId id) {
    return std::lower_bound(snapshot.sessions.begin(), snapshot.sessions.end(), id,
                            [](const Session& s, SessionId other) { return s.id < other; });
  };
  rendezvous_live_.each([&] {
    Rendezvous r;
    if (!read(rendezvous_live_, r)) damaged = "rendezvous";
    const auto id = id_of<SessionId>(rendezvous_live_.number(10));
    if (session_of(id)->rendezvous != r.key) damaged = "session";
    tied.insert(id.value);
    if (r.session == id && r.state != RendezvousState::ended)
      snapshot.rendezvous.push_back(std::move(r));
  });
  for (const Session& session : snapshot.sessions) {
    const bool has_tie = !session.rendezvous || tied.contains(session.id.value);
    if (has_tie || !load_.with(bytes_of(session.rendezvous)).one()) continue;
    const bool has_ended = load_.number(1) == static_cast<std::int64_t>(RendezvousState::ended);
    if (!has_ended && load_.number(4) == number_of(session.id)) damaged = "session";
  }
  std::sort(snapshot.rendezvous.begin(), snapshot.rendezvous.end(),
            [](const Rendezvous& a, const Rendezvous& b) { return a.key < b.key; });
  return damaged;
}

std::vector<Decision> Tables::decisions(SessionId session) {
  std::vector<Decision> records;
  bool damaged = false;
  decisions_.with(number_of(session)).each([&] {
    Decision r{.session = session, .number = static_cast<std::uint32_t>(decisions_.number(0))};
    damaged = damaged || !unsealed(decisions_.bytes(1), r);
    records.push_back(std::move(r));
  });
  if (damaged) throw DamagedRow("decision");
  return records;
}

}  // namespace convene::store
