// core/store/schema.cpp - the tables and why they look as they do.
#include "core/store/schema.hpp"

#include <string>

namespace convene::store {
namespace {

// Step 1. A pending rendezvous is what there may be ten million of, so its row is small: names of
// flows and agents are interned, everything that no query needs is in the sealed body, and rows
// stand in the order of their arrival (a table in key order would be a third empty: keys are
// hashes). `wake` is null unless the rendezvous is booked, `resident` unless an engine must hold
// it, so the indexes on them hold no more than is asked for.
constexpr const char* kFirstTables[] = {
    "create table name (id integer primary key, text text not null unique)",

    "create table rendezvous ("
    " id integer primary key,"
    " key blob not null unique,"
    " state integer not null,"
    " wake integer,"
    " resident integer,"
    " session integer,"
    " flow integer not null references name,"
    " agent integer references name,"
    " body blob not null)",
    "create index rendezvous_wake on rendezvous (wake) where wake is not null",
    "create index rendezvous_resident on rendezvous (resident) where resident is not null",

    "create table session (id integer primary key, live integer, body blob not null)",
    "create index session_live on session (live) where live is not null",

    "create table leg (id integer primary key, session integer not null, body blob not null)",
    "create index leg_session on leg (session)",

    "create table offer (id integer primary key, session integer not null, open integer, body blob "
    "not null)",
    "create index offer_session on offer (session)",

    "create table agent (id text primary key, body blob not null) without rowid",

    "create table decision (session integer not null, number integer not null, body blob not null,"
    " primary key (session, number)) without rowid",

    // Always one row: the highest numbers ever given, how many rendezvous are in which state, and
    // the proof that the key fits. Counting ten million rows whenever somebody asks would hold the
    // core up for seconds.
    "create table node ("
    " id integer primary key check (id = 1),"
    " last_session integer not null default 0,"
    " last_leg integer not null default 0,"
    " last_offer integer not null default 0,"
    " booked integer not null default 0,"
    " due integer not null default 0,"
    " joining integer not null default 0,"
    " live integer not null default 0,"
    " ended integer not null default 0,"
    " damaged integer not null default 0,"
    " key_proof blob)",
    "insert into node (id) values (1)",
};

// Step 2. When it ended, of what has ended: the oldest is found without a look at the others, and a pending
// rendezvous has one byte more. A session knows the row of its rendezvous, so that all of it can be
// erased together. When those ended that a former program has kept is sealed: they count from now.
#define CONVENE_NOW_MS "cast((julianday('now') - 2440587.5) * 86400000 as integer)"
constexpr const char* kRetention[] = {
    "alter table rendezvous add column ended integer",
    "update rendezvous set ended = " CONVENE_NOW_MS " where state = 5",
    "create index rendezvous_ended on rendezvous (ended) where ended is not null",
    "alter table session add column ended integer",
    "update session set ended = " CONVENE_NOW_MS " where live is null",
    "create index session_ended on session (ended) where ended is not null",
    "alter table session add column rendezvous integer",
    "update session set rendezvous = r.id from (select id, session from rendezvous indexed by"
    " rendezvous_resident where resident is not null) as r where session.id = r.session",
    "create index session_rendezvous on session (rendezvous) where rendezvous is not null",
};

// Step 3. Legs, offers and decisions of a conversation stand side by side, so that a commit touches one page for them and
// not one for each table and each of its indexes: pages are what a commit takes longest to write. Within a session
// kinds are told apart by a number: 1 an offer, 2 a decision, 3 a leg, last as legs are added until the end.
constexpr const char* kParts[] = {
    "create table part (session integer not null, kind integer not null, number integer not null,"
    " open integer, body blob not null, primary key (session, kind, number)) without rowid",
    "insert into part (session, kind, number, open, body)"
    " select session, 1 as kind, id as number, open, body from offer"
    " union all select session, 2, number, null, body from decision"
    " union all select session, 3, id, null, body from leg order by session, kind, number",
    "drop table leg",
    "drop table offer",
    "drop table decision",
};

// Step 4. What lets somebody in writes fewer pages still. A rendezvous that has a session is found through it, so
// `resident` is left to what is due and has none yet; a session is found through its rendezvous once it has ended, and
// before that it is one of few. Counts that follow from others are not kept: of all rows there ever were so many are
// erased, and what neither has ended nor is held by an engine is booked.
constexpr const char* kFewerPages[] = {
    "update rendezvous indexed by rendezvous_resident set resident = null"
    " where resident is not null and session is not null",
    "drop index session_rendezvous",
    "create index session_rendezvous on session (rendezvous)"
    " where rendezvous is not null and ended is not null",
    "alter table node add column last_row integer not null default 0",
    "alter table node add column erased integer not null default 0",
    "update node set last_row = (select coalesce(max(id), 0) from rendezvous)",
    "update node set erased = last_row - booked - due - joining - live - ended",
    "alter table node drop column booked",
    "alter table node drop column due",
    "alter table node drop column joining",
    "alter table node drop column live",
};

constexpr Migration kMigrations[] = {
    {1, "rendezvous, sessions, legs, offers, agents, decisions", kFirstTables},
    {2, "what has ended, by its age", kRetention},
    {3, "legs, offers, decisions in one place", kParts},
    {4, "no count that follows from rows", kFewerPages},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

SchemaState inspect(soci::session& session) {
  SchemaState state;
  int tables = 0;
  int application = 0;
  session << "select count(*) from sqlite_master", soci::into(tables);
  session << "pragma application_id", soci::into(application);
  state.empty = tables == 0 && application == 0;
  state.ours = application == kApplicationId;
  if (state.ours)
    session << "select coalesce(max(number), 0) from migration", soci::into(state.version);
  return state;
}

void migrate(soci::session& session, const SchemaState& from, std::span<const Migration> steps) {
  if (from.empty) {
    soci::transaction transaction(session);
    session << "create table migration (number integer primary key, name text not null)";
    session << "pragma application_id = " << kApplicationId;
    transaction.commit();
  }
  for (const Migration& step : steps) {
    if (step.number <= from.version) continue;
    soci::transaction transaction(session);
    for (const char* statement : step.statements) session << statement;
    const std::string name = step.name;
    session << "insert into migration (number, name) values (:number, :name)",
        soci::use(step.number), soci::use(name);
    transaction.commit();
  }
}

}  // namespace convene::store
