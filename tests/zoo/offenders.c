/* tests/zoo/offenders.c - plugins in C that load and look well, and break one law each: food for `convene check`. */
#include "offender_parts.h"

/* The breeds: OFFENDER is one of them. CMakeLists.txt builds each into a library of its name. */
enum {
  INNOCENT, COUNTS, REMEMBERS, NUMBERED_INSTANCES, THREAD_BOUND, SEES_ADDRESSES, SEES_THE_ZONE, ASKS_CLOCK,
  ROLLS_DICE, DOES_IO, STARTS_THREAD, SETS_SIGNALS, READS_ENVIRONMENT, SLEEPS, SLOW_FOR_ONE, SLOWS_DOWN,
  SLOW_WITH_MANY, QUADRATIC, OVERREADS, WRITES_INPUT, EMPTY_IS_NULL, NEEDS_SOMEBODY, BOUNDED_TABLE,
  DIVIDES_TIME, INDEXES_LEVEL, RECURSES, COPIES_NAMES, STEPS_BY_SIZEOF, INSISTS, POISONED, BAD_OUTCOME,
  KEEPS_SETTINGS, KEEPS_QUESTION, LEAKS_CALLS, LEAKS_LIVES, LEAVES_THREAD, LEAVES_FILE, SETS_LOCALE,
  CRASHES_UNSTARTED, CRASHES_AT_END, ANY_EXTENSION, NEW_TABLES, REFUSES_SILENTLY, FAILS_SILENTLY, LOOSE_SCHEMA,
  BAD_LOG, NO_REASON, NO_ACTION, BAD_UTF8, PRINTS, EXITS, ONE_COPY, SLOW_END, EFFECT_ON_THREAD, LATE_LOG, ENDS_ON_UNKNOWN, TRUSTS_STATE, TRUSTS_SETTINGS, UNVERSIONED,
  OFF_SCHEMA, NOT_JSON, FORGETS_STEPS, NEVER_ANSWERS, ANSWERS_TWICE, ANSWERS_OTHERS, THREAD_AT_LOAD,
  CHANGING_DESCRIPTOR, RARELY_CRASHES, PICKY, UNRESOLVED, STARTS_SLOWLY, MOURNS, FIRST_THREAD_ONLY, SLOW_WITH_LONG,
  SLOW_WITH_BROKEN, KNOWS_ITS_ELDER, RUINS_ITS_ELDER, RUINS_BEFORE_ITS_START, KEEPS_ADDRESSES, HOARDS, APART_REFUSES,
  APART_DIFFERS, APART_DIFFERS_BROKEN, APART_DIFFERS_RARELY, APART_DIFFERS_LATER, APART_HOARDS, RARELY_CRASHES_WILD,
  RARE_STEP, RARE_WILD_STEP, RARE_FRAME, RARE_WILD_FRAME, RARE_REQUEST, RARE_WILD_REQUEST, DISLIKES_THE_MIDDLE
};

/* What the breed offers. */
#define IS(breed) (OFFENDER == (breed))
#define IS_SERVICE                                                                                       \
  (IS(EFFECT_ON_THREAD) || IS(ENDS_ON_UNKNOWN) || IS(TRUSTS_STATE) || IS(TRUSTS_SETTINGS) ||             \
   IS(UNVERSIONED) || IS(OFF_SCHEMA) || IS(NOT_JSON) || IS(FORGETS_STEPS) || IS(KEEPS_ADDRESSES) ||      \
   IS(RARE_STEP) || IS(RARE_WILD_STEP))
#define IS_ADAPTER                                                                                       \
  (IS(NEVER_ANSWERS) || IS(ANSWERS_TWICE) || IS(ANSWERS_OTHERS) || IS(RARE_REQUEST) || IS(RARE_WILD_REQUEST))
#define IS_CHANNEL (IS(RARE_FRAME) || IS(RARE_WILD_FRAME))

typedef struct {
  convene_plugin table;
  const convene_host* host;
  convene_text settings;      /* KEEPS_SETTINGS */
  const char* last_agent;     /* KEEPS_QUESTION */
  unsigned long calls;
  unsigned number;
  unsigned long last_question, before_last;
  int poisoned;
  int started;
  const convene_adapter_bus* bus;
  int first_kind;
  unsigned dead_at_birth;
} animal;

static unsigned instances, users, dead;
static int lock = -1;
static __thread int thread_mark;
static pthread_t helper;
static atomic_int asked, done;
static const convene_service_effects* shared_effects;

static void fail(const animal* a, const char* why) { a->host->fail(a->host->self, text(why)); }

static const convene_candidate* candidate(const convene_routing_request* r, size_t i) {
  const size_t stride = IS(STEPS_BY_SIZEOF) ? sizeof(convene_candidate) : r->candidate_stride;
  return (const convene_candidate*)(const void*)((const char*)r->candidates + i * stride);
}

static int deep(const char* at, size_t size) { /* RECURSES: without a bound */
  volatile char frame[1024];
  frame[0] = size ? at[0] : 0;
  if (!size || frame[0] != '[') return frame[0];
  return deep(at + 1, size - 1) + frame[0];
}

static convene_status decide(void* self, const convene_routing_request* r, convene_routing_answer* answer) {
  animal* a = self;
  char reason[160] = "free longest";
  size_t i;
  ++a->calls;
  (void)i;
  if (IS(COUNTS)) sprintf(reason, "call %lu", a->calls);
  if (IS(REMEMBERS)) {
    const unsigned long now = r->session + r->candidate_count * 131 + r->context.size * 17 + r->page;
    if (now != a->last_question) a->before_last = a->last_question, a->last_question = now;
    sprintf(reason, "after %lu", a->before_last);
  }
  if (IS(NUMBERED_INSTANCES)) sprintf(reason, "instance %u", a->number);
  if (IS(THREAD_BOUND)) sprintf(reason, "mark %d", thread_mark);
  if (IS(SEES_ADDRESSES)) sprintf(reason, "odd %d", (int)((size_t)r->context.data % 2));
  if (IS(SEES_THE_ZONE)) {
    const time_t seconds = r->now_ms / 1000;
    struct tm local;
    memset(&local, 0, sizeof local);
    if (seconds > 0 && seconds < 4000000000l) localtime_r(&seconds, &local);
    sprintf(reason, "hour %d:%d", local.tm_hour, local.tm_min);
  }
  if (IS(ASKS_CLOCK)) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
  }
  if (IS(ROLLS_DICE)) (void)!rand();
  if (IS(DOES_IO)) {
    const int fd = open("/dev/null", O_RDONLY);
    if (fd >= 0) close(fd);
  }
  if (IS(STARTS_THREAD) && is(r->wanted_agent, "zoe") && a->calls < 50) { /* they end late on a busy machine */
    pthread_t one;
    if (pthread_create(&one, NULL, ends_at_once, NULL) == 0) pthread_detach(one);
  }
  if (IS(SETS_SIGNALS)) signal(SIGUSR2, SIG_DFL);
  if (IS(READS_ENVIRONMENT)) (void)!getenv("CONVENE_NO_SUCH");
  if (IS(SLEEPS)) usleep(200);
  if (IS(SLOW_FOR_ONE) && is(r->wanted_agent, "zoe")) be_busy(120);
  if (IS(SLOWS_DOWN)) spin((long)(a->calls < 4000 ? a->calls / 2 : 2000));
  if (IS(SLOW_WITH_MANY) && r->candidate_count == 64) be_busy(120);
  if (IS(SLOW_WITH_LONG) && r->context.size > 60000 && contains(r->context, "\"note\"")) be_busy(120);
  if (IS(SLOW_WITH_BROKEN) && r->context.size > 2 && memcmp(r->context.data, "{{{", 3) == 0) be_busy(120);
  if (IS(MOURNS) && dead != a->dead_at_birth) strcpy(reason, "one of us has died");
  if (IS(KNOWS_ITS_ELDER) && !is_elder) strcpy(reason, "as the elder says");
  if ((IS(RUINS_ITS_ELDER) || IS(RUINS_BEFORE_ITS_START)) && is_elder && page[0]) strcpy(reason, "ruined");
  if (IS(APART_DIFFERS) && lives_apart && is(r->wanted_agent, "zoe")) strcpy(reason, "alone");
  if (IS(APART_DIFFERS_BROKEN) && lives_apart && r->context.size > 1 && r->context.data[0] == '[')
    strcpy(reason, "alone");
  if (IS(APART_DIFFERS_RARELY) && lives_apart && r->candidate_count == 31) strcpy(reason, "alone");
  if (IS(APART_DIFFERS_LATER) && lives_again) strcpy(reason, "born again");
  if (IS(RARELY_CRASHES_WILD) && is_wild(r->context)) abort();
  if (IS(QUADRATIC) && r->context.size > 40010 && r->context.size < 50000) be_busy(120);
  if (IS(OVERREADS)) {
    volatile size_t n = 0;
    if (r->context.data) n = strlen(r->context.data);
    (void)n;
  }
  if (IS(WRITES_INPUT) && r->context.size) {
    char* first = (char*)(size_t)r->context.data;
    *(volatile char*)first = *first;
  }
  if (IS(EMPTY_IS_NULL)) {
    volatile char first = r->flow.data[0];
    (void)first;
  }
  if (IS(NEEDS_SOMEBODY)) {
    volatile uint32_t sessions = candidate(r, 0)->sessions;
    (void)sessions;
  }
  if (IS(BOUNDED_TABLE)) {
    volatile char seen[64];
    if (r->candidate_count > 100) abort();
    seen[0] = 1;
    (void)seen;
  }
  if (IS(DIVIDES_TIME)) {
    volatile int64_t share = r->now_ms == INT64_MAX ? 0 : 1;
    share = 100 / share;
    (void)share;
  }
  if (IS(INDEXES_LEVEL)) {
    static const char* const words[11] = {"", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    for (i = 0; i < r->candidate_count; ++i) {
      const convene_candidate* c = candidate(r, i);
      if (c->skill_count && c->skills[0].level != 0) {
        volatile char first = words[c->skills[0].level][0];
        (void)first;
      }
    }
  }
  if (IS(RECURSES) && contains(r->context, "{\"lang\":[[[[[[[[[[[[[")) {
    volatile int sum = deep(r->context.data + 8, 1u << 30);
    (void)sum;
  }
  if (IS(COPIES_NAMES)) {
    char* name = malloc(64);
    if (r->wanted_agent.size > 64) abort(); /* what a fortified copy does */
    free(name);
  }
  if (IS(STEPS_BY_SIZEOF) && r->candidate_count > 1)
    sprintf(reason, "%u", (unsigned)candidate(r, 1)->capacity % 1000);
  if (IS(POISONED)) {
    if (r->context.size && r->context.data[0] == '[') a->poisoned = 1;
    if (a->poisoned) strcpy(reason, "poisoned");
  }
  if (IS(KEEPS_SETTINGS)) {
    volatile char first = a->settings.size ? a->settings.data[0] : 0;
    (void)first;
  }
  if (IS(KEEPS_QUESTION)) {
    volatile char first = a->last_agent ? a->last_agent[0] : 0;
    (void)first;
    a->last_agent = r->flow.data;
  }
  if (IS(LEAKS_CALLS)) {
    volatile char* lost = malloc(64);
    lost[0] = 1;
  }
  if (IS(FAILS_SILENTLY) && is(r->wanted_agent, "zoe")) return CONVENE_E_FAILED;
  if (IS(BAD_LOG)) a->host->log(a->host->self, 99, text("Not An Id"), text("hello"));
  if (IS(EXITS) && is(r->wanted_agent, "zoe")) _exit(0);
  if (IS(RARELY_CRASHES) && r->candidate_count == 31 && r->more) abort();
  if (IS(NO_ACTION)) {
    answer->reason->write(answer->reason->self, text("nobody knows"));
    answer->action = is(r->wanted_agent, "zoe") ? 77 : CONVENE_ROUTING_WAIT;
    return CONVENE_OK;
  }
  answer->action = r->candidate_count ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  if (IS(BAD_UTF8)) strcpy(reason, "\xff\xfe");
  if (IS(INSISTS)) {
    while (answer->reason->write(answer->reason->self, text("x")) == CONVENE_E_LIMIT) {
    }
    return CONVENE_OK;
  }
  if (!IS(NO_REASON)) answer->reason->write(answer->reason->self, text(reason));
  return CONVENE_OK;
}

static void outcome(void* self, const convene_routing_outcome* o) {
  (void)self;
  if (IS(BAD_OUTCOME)) {
    static const char* const words[5] = {"", "accepted", "declined", "expired", "withdrawn"};
    volatile char first = words[o->outcome % 100000][0];
    if (o->outcome > 4 || o->outcome < 0) abort();
    (void)first;
  }
}

static void* speaks(void* unused) { /* EFFECT_ON_THREAD: an effect that is not on the lane */
  (void)unused;
  for (;;) {
    while (!atomic_load(&asked)) {
      if (atomic_load(&done) == 2) return NULL;
      sched_yield();
    }
    shared_effects->stop_search(shared_effects->self);
    atomic_store(&asked, 0);
    atomic_store(&done, 1);
  }
}

static convene_status step(void* self, const convene_session* s, convene_text state,
                           const convene_service_event* e, const convene_service_effects* effects) {
  animal* a = self;
  (void)s;
  if (IS(ENDS_ON_UNKNOWN) && e->kind > CONVENE_EVENT_REQUEST)
    return effects->end(effects->self, CONVENE_END_COMPLETED, text("unknown"));
  if (IS(TRUSTS_STATE)) {
    if (state.size && state.data[0] != '{') abort();
    effects->save_state(effects->self, text("{\"v\":1}"));
  }
  if (IS(TRUSTS_SETTINGS) && s->settings.size && s->settings.data[0] != '{') abort();
  if (IS(UNVERSIONED)) effects->save_state(effects->self, text("{\"v\":1}"));
  if (IS(OFF_SCHEMA)) effects->save_state(effects->self, text("{\"v\":\"one\"}"));
  if (IS(NOT_JSON)) effects->notify(effects->self, 0, text("hello"), text("{'x':1}"));
  if (IS(FORGETS_STEPS)) { /* works only where it has seen the story begin */
    if (a->first_kind == 0) a->first_kind = e->kind;
    if (a->first_kind > CONVENE_EVENT_ARRIVED) return effects->stop_search(effects->self);
  }
  if (IS(EFFECT_ON_THREAD) && e->kind == CONVENE_EVENT_DUE) {
    shared_effects = effects;
    atomic_store(&done, 0);
    atomic_store(&asked, 1);
    while (!atomic_load(&done)) {
    }
  }
  if (IS(KEEPS_ADDRESSES)) { /* of what is in this copy of the library only */
    char mine[40];
    sprintf(mine, "%p", (void*)&users);
    if (state.size && !is(state, mine)) return effects->stop_search(effects->self);
    effects->save_state(effects->self, text(mine));
  }
  if (IS(RARE_STEP) && e->timer == 5 && s->leg_count == 3 && s->legs[0].role == 4) abort();
  if (IS(RARE_WILD_STEP) && is_wild(s->context)) abort();
  return effects->add_customer(effects->self);
}

static convene_status frame(void* self, const convene_channel_input* input,
                            const convene_channel_effects* effects) {
  (void)self;
  if (IS(RARE_FRAME) && input->legs == 4 && input->from == 6 && input->role == 4) abort();
  if (IS(RARE_WILD_FRAME) && is_wild(input->frame)) abort();
  if (input->kind != CONVENE_CHANNEL_FRAME) return CONVENE_OK;
  return effects->deliver(effects->self, CONVENE_TO_OTHERS, text("{}"));
}

static convene_status adapter_connect(void* self, const convene_adapter_bus* bus) {
  ((animal*)self)->bus = bus;
  return CONVENE_OK;
}
static convene_status adapter_request(void* self, const convene_adapter_request* r) {
  animal* a = self;
  if (IS(RARE_REQUEST) && is(r->name, "loans")) abort();
  if (IS(RARE_WILD_REQUEST) && is_wild(r->body)) abort();
  if (IS(NEVER_ANSWERS) && is(r->name, "place_call")) return CONVENE_OK;
  if (IS(ANSWERS_OTHERS)) a->bus->reply(a->bus->self, r->token + 1000, 1, text("{}"));
  if (IS(ANSWERS_TWICE)) a->bus->reply(a->bus->self, r->token, 1, text("{}"));
  a->bus->reply(a->bus->self, r->token, 1, text("{}"));
  return CONVENE_OK;
}
static void adapter_leg(void* self, convene_text body) { (void)self, (void)body; }

static const convene_routing routing = {decide, outcome};
static const convene_service service = {step};
static const convene_channel channel = {frame};
static const convene_adapter adapter = {adapter_connect, adapter_request, adapter_leg};

static convene_status start(void* self) {
  animal* a = self;
  a->started = 1;
  thread_mark = 7;
  if (IS(FIRST_THREAD_ONLY) && getpid() != gettid()) abort();
  if (IS(RUINS_BEFORE_ITS_START) && !is_elder) page[0] = 0;
  if (IS(HOARDS) && users++ == 0) hoard(8u << 20);
  if (IS(APART_HOARDS) && apart()) hoard(210u << 20);
  if (IS(APART_REFUSES) && apart()) {
    fail(a, "this plugin needs its host's memory; run it in the core");
    return CONVENE_E_FAILED;
  }
  lives_apart = apart(), lives_again = apart_again();
  if (IS(PRINTS)) fprintf(stderr, "starting\n");
  if (IS(LEAVES_THREAD) && instances < 4) pthread_create(&helper, NULL, lives_on, NULL);
  if (IS(EFFECT_ON_THREAD) && users++ == 0) {
    atomic_store(&done, 0);
    pthread_create(&helper, NULL, speaks, NULL);
  }
  if (IS(LEAVES_FILE)) (void)!open("/dev/null", O_RDONLY);
  if (IS(SETS_LOCALE)) setlocale(LC_ALL, "C.UTF-8");
  if (IS(ONE_COPY) && users++ == 0) { /* a name that there is only once: for this library's first user */
    struct sockaddr_un name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    sprintf(name.sun_path + 1, "zoo-%d", (int)getpid());
    lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(lock, (struct sockaddr*)&name, sizeof name) != 0) {
      fail(a, "another copy of this library works already; stop it first");
      close(lock);
      return CONVENE_E_FAILED;
    }
  }
  if (IS(STARTS_SLOWLY)) {
    struct timespec wait = {1, 200000000};
    nanosleep(&wait, NULL);
  }
  return CONVENE_OK;
}

static const void* extension(void* self, convene_text id) {
  (void)self;
  if (IS(NEW_TABLES) && is(id, CONVENE_ROUTING)) {
    convene_routing* fresh = malloc(sizeof *fresh); /* kept until the process ends */
    static convene_routing* two[2];
    static int next;
    if (!two[next]) two[next] = fresh;
    else free(fresh);
    fresh = two[next];
    next = 1 - next;
    *fresh = routing;
    return fresh;
  }
  if (IS_SERVICE) return is(id, CONVENE_SERVICE) ? (const void*)&service : NULL;
  if (IS_CHANNEL) return is(id, CONVENE_CHANNEL) ? (const void*)&channel : NULL;
  if (IS_ADAPTER) return is(id, CONVENE_ADAPTER) ? (const void*)&adapter : NULL;
  if (IS(ANY_EXTENSION)) return &routing;
  return is(id, CONVENE_ROUTING) ? (const void*)&routing : NULL;
}

static void stop(void* self) {
  (void)self;
  if (IS(RUINS_ITS_ELDER) && !is_elder) page[0] = 1;
  if (IS(EFFECT_ON_THREAD) && --users == 0) {
    atomic_store(&done, 2);
    pthread_join(helper, NULL);
  }
  if (IS(ONE_COPY) && --users == 0) close(lock);
  if (IS(SLOW_END)) {
    struct timespec wait = {1, 200000000};
    nanosleep(&wait, NULL);
  }
}

static void* logs_late(void* given) {
  const convene_host* host = given;
  usleep(5000);
  host->log(host->self, CONVENE_LOG_INFO, text("offender.late"), text("still here"));
  return NULL;
}

static void destroy(void* self) {
  animal* a = self;
  const convene_host* host = a->host;
  ++dead;
  if (IS(CRASHES_UNSTARTED) && !a->started) abort();
  if (IS(CRASHES_AT_END) && a->calls > 0) abort();
  if (IS(LATE_LOG) && a->calls > 0) {
    pthread_t one;
    if (pthread_create(&one, NULL, logs_late, (void*)(size_t)host) == 0) pthread_detach(one);
  }
  if (!IS(LEAKS_LIVES)) free(a);
}

static convene_plugin table_of(animal* a) {
  convene_plugin t;
  t.self = a, t.start = start, t.extension = extension, t.stop = stop, t.destroy = destroy;
  return t;
}

#define LITERAL(literal) {literal, sizeof(literal) - 1}
#define DESCRIPTOR(version)                                                                              \
  {                                                                                                      \
    sizeof(convene_descriptor), CONVENE_ABI_MAJOR, CONVENE_ABI_MINOR,                                    \
        IS(TRUSTS_STATE) || IS(OFF_SCHEMA) || IS(KEEPS_ADDRESSES) ? 1 : 0, LITERAL("offender"), LITERAL(version),               \
        LITERAL("Breaks one law."), OFFERS, SCHEMA, STATE_SCHEMA                                         \
  }
#if OFFENDER_KIND == 1
#define OFFERS LITERAL(CONVENE_SERVICE)
#elif OFFENDER_KIND == 2
#define OFFERS LITERAL(CONVENE_ADAPTER)
#elif OFFENDER_KIND == 3
#define OFFERS LITERAL(CONVENE_CHANNEL)
#else
#define OFFERS LITERAL(CONVENE_ROUTING)
#endif
#ifdef OFFENDER_LOOSE
#define SCHEMA LITERAL("{\"type\":\"object\",\"properties\":{\"mood\":{\"type\":\"string\"}}}")
#else
#define SCHEMA                                                                                           \
  LITERAL(                                                                                               \
      "{\"type\":\"object\",\"properties\":{\"mood\":{\"enum\":[\"good\",\"bad\"]},\"level\":{\"type\":"  \
      "\"integer\",\"minimum\":1,\"maximum\":10}},\"additionalProperties\":false}")
#endif
#ifdef OFFENDER_STATELESS
#define STATE_SCHEMA LITERAL("")
#else
#define STATE_SCHEMA                                                                                     \
  LITERAL("{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"}},\"required\":[\"v\"]}")
#endif

static const convene_descriptor descriptors[2] = {DESCRIPTOR("1.0.0"), DESCRIPTOR("1.0.1")};

static const convene_descriptor* descriptor(uint32_t index) {
  static int times;
  (void)index;
  if (IS(CHANGING_DESCRIPTOR)) return &descriptors[times++ % 2];
  return &descriptors[0];
}

#ifdef OFFENDER_UNRESOLVED
extern int nobody_defines_this(void);
#endif

static int is_in_the_middle(convene_text config) {
  static const char* const middle[] = {"\"level\":3", "\"level\":4", "\"level\":6", "\"level\":7"};
  size_t i;
  for (i = 0; i < 4; ++i) {
    if (contains(config, middle[i])) return 1;
  }
  return 0;
}

static const convene_plugin* create(uint32_t index, const convene_host* host, convene_text config) {
  animal* a = calloc(1, sizeof *a);
  (void)index;
#ifdef OFFENDER_UNRESOLVED
  if (nobody_defines_this()) return NULL;
#endif
  a->host = host;
  a->number = ++instances;
  a->settings = config;
  a->dead_at_birth = dead;
  if (IS(KNOWS_ITS_ELDER) || IS(RUINS_ITS_ELDER) || IS(RUINS_BEFORE_ITS_START)) find_elder();
  if (IS(RUINS_BEFORE_ITS_START) && !is_elder) page[0] = 1;
  a->table = table_of(a);
  if (IS(REFUSES_SILENTLY) && contains(config, "\"bad\"")) {
    free(a);
    return NULL;
  }
  if (IS(DISLIKES_THE_MIDDLE) && is_in_the_middle(config)) {
    free(a);
    return NULL;
  }
  if (IS(PICKY)) {
    fail(a, "the settings lack a mood; add one");
    free(a);
    return NULL;
  }
  return &a->table;
}

#ifdef OFFENDER_AT_LOAD
__attribute__((constructor)) static void at_load(void) { pthread_create(&helper, NULL, lives_on, NULL); }
#endif

CONVENE_EXPORT const convene_entry convene_entry_v1;
CONVENE_EXPORT const convene_entry convene_entry_v1 = {sizeof(convene_entry), CONVENE_ABI_MAJOR,
                                                       CONVENE_ABI_MINOR,     1,
                                                       descriptor,            create};
