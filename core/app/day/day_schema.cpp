// core/app/day/day_schema.cpp - every key of a workday in one table.
#include "core/app/day/day_schema.hpp"

namespace convene::app {
namespace {

using config::Key;
using config::Type;

constexpr std::int64_t kDayMs = 24 * 3'600'000;

constexpr Key kDay[] = {
    {.name = "title",
     .type = Type::text,
     .fallback = "",
     .why = "What the day is called.",
     .optional = true,
     .example = "\"A Monday in autumn\""},
    {.name = "date",
     .type = Type::text,
     .fallback = "\"2026-09-28\"",
     .why = "Policies and services see this date; times of day count from its midnight."},
    {.name = "within",
     .type = Type::duration,
     .fallback = "\"20s\"",
     .why = "The service level is the share of contacts that are connected within this time.",
     .minimum = 0,
     .maximum = kDayMs},
    {.name = "promise_within",
     .type = Type::duration,
     .fallback = "\"5m\"",
     .why = "A booking counts as kept when customer and agent are connected within this time.",
     .minimum = 0,
     .maximum = kDayMs},
    {.name = "warm_up",
     .type = Type::duration,
     .fallback = "\"0s\"",
     .why = "Who comes before this time of day is served, and not counted.",
     .minimum = 0,
     .maximum = kDayMs},
};
constexpr Key kArrivals[] = {
    {.name = "flow",
     .type = Type::text,
     .fallback = "",
     .why = "What they ask for.",
     .example = "\"yours\""},
    {.name = "per_hour",
     .type = Type::settings,
     .fallback = "",
     .why = "How many come in each hour of the day, on average: hours or spans of hours, and a "
            "number.",
     .example = "{ 08 = 20, 09-11 = 45.5, 12 = 30 }"},
    {.name = "kind",
     .type = Type::choice,
     .fallback = "\"now\"",
     .why = "They come unannounced; return what they booked, when they like; or come to an agreed "
            "time.",
     .choices = "now|on_return|appointment"},
    {.name = "patience",
     .type = Type::text,
     .fallback = "\"endless\"",
     .why = "A law: how long they wait before they leave."},
    {.name = "handle",
     .type = Type::text,
     .fallback = "",
     .why = "A law: how long they talk.",
     .example = "\"lognormal 5m 3m\""},
    {.name = "context",
     .type = Type::settings,
     .fallback = "",
     .why = "What is known about them; policies read it.",
     .optional = true,
     .example = "{ language = \"fr\" }"},
    {.name = "agent",
     .type = Type::text,
     .fallback = "",
     .why = "Of bookings: the named agent.",
     .optional = true,
     .example = "\"anna\""},
    {.name = "ahead",
     .type = Type::text,
     .fallback = "\"2h\"",
     .why = "Of bookings, a law: how long before the return or the agreed time they are made."},
    {.name = "late",
     .type = Type::text,
     .fallback = "\"0s\"",
     .why = "Of appointments, a law: how long after the agreed time they come."},
};
constexpr Key kContacts[] = {
    {.name = "file",
     .type = Type::text,
     .fallback = "",
     .why = "A CSV file of contacts, which come every day alike: arrival, flow, handle, and maybe "
            "patience, context, booked, due, agent.",
     .example = "\"yesterday.csv\""},
};
constexpr Key kShift[] = {
    {.name = "agents", .type = Type::texts, .fallback = "[]", .why = "Who works this shift."},
    {.name = "pool",
     .type = Type::text,
     .fallback = "",
     .why = "All agents of this pool as well.",
     .optional = true,
     .example = "\"sales\""},
    {.name = "from",
     .type = Type::text,
     .fallback = "",
     .why = "Time of day.",
     .example = "\"08:00\""},
    {.name = "to",
     .type = Type::text,
     .fallback = "",
     .why = "Time of day, up to 47:59 for a night shift.",
     .example = "\"16:30\""},
    {.name = "breaks",
     .type = Type::texts,
     .fallback = "[]",
     .why = "Spans of time without new sessions, such as \"12:00-12:30\"."},
};
constexpr Key kDesk[] = {
    {.name = "answer",
     .type = Type::text,
     .fallback = "\"0s\"",
     .why = "A law: how long an agent takes to accept an offer."},
    {.name = "misses",
     .type = Type::integer,
     .fallback = "0",
     .why = "Of a hundred offers, so many that nobody looks at.",
     .minimum = 0,
     .maximum = 100},
    {.name = "declines",
     .type = Type::integer,
     .fallback = "0",
     .why = "Of a hundred offers, so many that are declined.",
     .minimum = 0,
     .maximum = 100},
    {.name = "connect",
     .type = Type::duration,
     .fallback = "\"0s\"",
     .why = "How long an endpoint takes from being invited to being connected.",
     .minimum = 0,
     .maximum = 600'000},
    {.name = "back",
     .type = Type::duration,
     .fallback = "\"1m\"",
     .why = "How long an agent who was paused for not answering takes to notice it.",
     .minimum = 0,
     .maximum = kDayMs},
};

constexpr config::Section kSections[] = {
    {"day", "The day as a whole.", kDay},
    {"arrivals.*", "Customers of one kind.", kArrivals},
    {"contacts", "Customers one by one.", kContacts},
    {"shift.*", "Agents at work.", kShift},
    {"desk", "How agents treat offers.", kDesk},
};

}  // namespace

std::span<const config::Section> day_sections() { return kSections; }

}  // namespace convene::app
