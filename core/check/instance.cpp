// core/check/instance.cpp - create, start, bind, ask, stop, destroy: each through the generated
// callers, which know the tag of every function.
#include "core/check/instance.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "checked_tables.hpp"
#include "sdk/host/memory.hpp"

namespace convene::check {
namespace {

convene_text view(const std::string& s) { return {s.data(), s.size()}; }

}  // namespace

Instance::Instance(const Library& library, std::uint32_t index)
    : host_(std::make_shared<CheckingHost>()), host(*host_), library_(&library), index_(index) {
  if (index < library.plugins.size()) offers_ = library.plugins[index].offers;
  bus_speaker_ = {&host, 0, 0};
  bus_ = table_adapter_bus(bus_speaker_);
}

Instance::Instance(Program program)
    : host_(std::make_shared<CheckingHost>()),
      host(*host_),
      program_(std::make_unique<WirePartner>(std::move(program))) {}

Instance::~Instance() {
  if (program_) return;  // it is killed: how it ends is asked by cases of their own
  if (started_) stop();
  if (table_) destroy();
  static std::array<std::shared_ptr<CheckingHost>, 16> graveyard;
  static std::atomic<unsigned> next{0};
  graveyard[next++ % graveyard.size()] = host_;
}

const convene_plugin* Instance::create_program(const std::string& config) {
  const auto say = [this](const Error& error) {
    host.table()->fail(host.table()->self, view(error.text));
    return nullptr;
  };
  auto said = program_->greet();
  if (!said) return say(said.error());
  offers_ = said->offers;
  if (Status welcome = program_->welcome(config); !welcome) {
    if (!welcome.error().text.empty()) say(welcome.error());
    return nullptr;
  }
  return program_->table(host.table());
}

Status Instance::create(const std::string& config, const Placement& placement) {
  host.begin("");
  arena_.begin(placement);
  const convene_text text = arena_.text(config);
  arena_.seal();
  const convene_plugin* made =
      program_ ? host.call<const convene_plugin*>(Fn::entry_create,
                                                  [&] { return create_program(config); })
               : entry_create(host, *library_->entry, index_, host.table(), text);
  arena_.end();
  if (!made) {
    const std::string why = host.take_why();
    if (why.empty()) return Error{"check.silent", "could not be created, and did not say why"};
    return Error{"check.refused", "could not be created: " + why};
  }
  convene_plugin table{};
  if (!read_memory(&table, made, sizeof table))
    return Error{"check.tables", "gave an instance that cannot be read"};
  if (!table.start || !table.extension || !table.stop || !table.destroy)
    return Error{"check.tables", "gave an instance with a null function"};
  table_ = table;
  return ok();
}

Status Instance::start() {
  host.begin("");
  const convene_status status = plugin_start(host, *table_, table_->self);
  if (status != CONVENE_OK) {
    const std::string why = host.take_why();
    return Error{why.empty() ? "check.silent" : "check.refused",
                 "did not start: " + (why.empty() ? "it did not say why" : why)};
  }
  started_ = true;
  return ok();
}

const void* Instance::extension(std::string_view id) {
  host.begin("");
  return plugin_extension(host, *table_, table_->self, {id.data(), id.size()});
}

Status Instance::bind() {
  routing_self_ = service_self_ = channel_self_ = table_->self;
  for (const std::string& id : offers_) {
    const void* const table = extension(id);
    const Error broken{"check.extension", "offers " + id +
                                              (table ? " with a table that cannot be "
                                                       "read or has a null function"
                                                     : " and has no table for it")};
    const auto read = [&](auto& slot) {
      slot.emplace();
      return read_memory(&*slot, table, sizeof *slot);
    };
    if (!table) return broken;
    if (id == CONVENE_ROUTING && !(read(routing_) && routing_->decide)) return broken;
    if (id == CONVENE_SERVICE && !(read(service_) && service_->step)) return broken;
    if (id == CONVENE_CHANNEL && !(read(channel_) && channel_->frame)) return broken;
    if (id == CONVENE_ADAPTER &&
        !(read(adapter_) && adapter_->connect && adapter_->request && adapter_->leg))
      return broken;
  }
  if (adapter_) {
    host.begin("connect");
    if (adapter_connect(host, *adapter_, table_->self, &bus_) != CONVENE_OK)
      return Error{"check.extension", "did not connect: " + host.take_why()};
  }
  return ok();
}

Status Instance::live(const std::string& config, const Placement& placement) {
  if (Status done = create(config, placement); !done) return done;
  if (Status done = start(); !done) return done;
  return bind();
}

void Instance::stop() {
  started_ = false;
  host.begin("");
  plugin_stop(host, *table_, table_->self);
}

void Instance::destroy() {
  host.begin("");
  const convene_plugin table = *table_;
  table_.reset();
  plugin_destroy(host, table, table.self);
  host.end_of_life();
}

void Instance::adopt(std::unique_ptr<LoadedPlugin> plugin) {
  adopted_ = std::move(plugin);
  if (const auto routing = adopted_->extension<convene_routing>())
    routing_ = *routing.table, routing_self_ = routing.self;
  if (const auto service = adopted_->extension<convene_service>())
    service_ = *service.table, service_self_ = service.self;
  if (const auto channel = adopted_->extension<convene_channel>())
    channel_ = *channel.table, channel_self_ = channel.self;
}

Answer Instance::ask(const Question& question, const Placement& placement) {
  host.begin(question.label);
  arena_.begin(placement);
  const std::int64_t queued = program_ ? program_->queued_ns() : 0;
  if (program_) program_->newer_members = placement.longer > 0;
  Answer answer = std::visit(
      [&](const auto& q) -> Answer {
        using Q = std::decay_t<decltype(q)>;
        if constexpr (std::is_same_v<Q, RoutingQuestion>) return ask_routing(q);
        if constexpr (std::is_same_v<Q, ServiceQuestion>) return ask_service(q);
        if constexpr (std::is_same_v<Q, ChannelQuestion>) return ask_channel(q);
        if constexpr (std::is_same_v<Q, AdapterQuestion>) return ask_adapter(q);
      },
      question.asked);
  arena_.end();
  if (program_) {
    look_at_program(question);
    answer.took_ns = std::max<std::int64_t>(answer.took_ns - (program_->queued_ns() - queued), 0);
  }
  return answer;
}

Answer Instance::ask_routing(const RoutingQuestion& q) {
  std::vector<convene_candidate> candidates;
  for (const Agent& agent : q.agents) {
    std::vector<convene_skill> skills;
    for (const auto& [name, level] : agent.skills) skills.push_back({arena_.text(name), level, 0});
    convene_candidate c{};
    c.sessions = agent.sessions, c.capacity = agent.capacity, c.missed = agent.missed;
    c.agent = arena_.text(agent.name);
    c.idle_since_ms = agent.idle_since;
    c.skills = arena_.plain(skills), c.skill_count = skills.size();
    candidates.push_back(c);
  }
  convene_routing_request r{};
  r.page = q.page, r.more = q.more, r.attempt = q.attempt, r.session = q.session;
  r.flow = arena_.text(q.flow), r.pool = arena_.text(q.pool);
  r.context = arena_.text(q.context), r.wanted_agent = arena_.text(q.wanted);
  r.now_ms = q.now, r.waiting_since_ms = q.since;
  r.candidates = arena_.records(candidates, r.candidate_stride);
  r.candidate_count = candidates.size();
  const convene_routing_request* request = arena_.record(r);
  arena_.seal();
  Given& mine = host.given();
  mine.pool = table_sink(host.speaker(1)), mine.reason = table_sink(host.speaker(2));
  mine.scores = table_scores(host.speaker(static_cast<int>(q.agents.size())));
  convene_routing_answer answer{sizeof answer, 0, 0, 0, &mine.pool, &mine.reason, &mine.scores};
  const convene_status status = routing_decide(host, *routing_, routing_self_, request, &answer);
  Answer a = std::move(host.answer());
  a.status = status;
  if (status != CONVENE_OK) return a;
  a.said += "action " + std::to_string(answer.action) + " index " + std::to_string(answer.index) +
            " until " + std::to_string(answer.until_ms) + "\n";
  const bool has_pool = a.said.find("pool \"") != std::string::npos;
  const bool has_reason = a.said.find("reason \"") != std::string::npos;
  switch (answer.action) {
    case CONVENE_ROUTING_ASSIGN:
      if (answer.index >= q.agents.size()) {
        host.note(Rule::index, "assigned candidate " + std::to_string(answer.index) + " of " +
                                   std::to_string(q.agents.size()));
      }
      break;
    case CONVENE_ROUTING_WAIT:
      if (answer.until_ms < 0) host.note(Rule::action, "waits until a time before 1970");
      break;
    case CONVENE_ROUTING_OVERFLOW:
      if (!has_pool) host.note(Rule::pool, "overflows without writing a pool to answer.pool");
      break;
    case CONVENE_ROUTING_MORE:
      if (!q.more) host.note(Rule::more, "asks for a further page where request.more is 0");
      return a;
    default:
      host.note(Rule::action, "answered the action " + std::to_string(answer.action));
  }
  if (!has_reason) host.note(Rule::no_reason, "decided and wrote no reason to answer.reason");
  return a;
}

Answer Instance::ask_service(const ServiceQuestion& q) {
  std::vector<convene_leg> legs;
  for (const Leg& leg : q.legs) {
    convene_leg l{};
    l.role = leg.role, l.state = leg.state, l.id = leg.id, l.endpoint = arena_.text(leg.endpoint);
    legs.push_back(l);
  }
  convene_session s{};
  s.searching = q.searching, s.id = q.session;
  s.flow = arena_.text(q.flow), s.settings = arena_.text(q.settings);
  s.context = arena_.text(q.context), s.wanted_agent = arena_.text(q.wanted);
  s.now_ms = q.now, s.due_ms = q.due;
  s.legs = arena_.records(legs, s.leg_stride);
  s.leg_count = legs.size();
  convene_service_event e{};
  e.kind = q.kind, e.leg = q.leg, e.leg_state = q.leg_state, e.timer = q.timer;
  e.agent = arena_.text(q.agent), e.name = arena_.text(q.name), e.detail = arena_.text(q.detail);
  const convene_text state = arena_.text(q.state);
  const convene_session* session = arena_.record(s);
  const convene_service_event* event = arena_.record(e);
  arena_.seal();
  convene_service_effects& effects = host.given().service = table_service_effects(host.speaker());
  host.answer().state = q.state;
  const convene_status status =
      service_step(host, *service_, service_self_, session, state, event, &effects);
  Answer a = std::move(host.answer());
  a.status = status;
  if (status != CONVENE_OK) a.said.clear();  // a failed call leaves no trace (law 6)
  return a;
}

Answer Instance::ask_channel(const ChannelQuestion& q) {
  convene_channel_input i{};
  i.kind = q.kind, i.from = q.from, i.role = q.role, i.legs = q.legs;
  i.now_ms = q.now, i.entries = q.entries;
  i.settings = arena_.text(q.settings), i.state = arena_.text(q.state);
  i.frame = arena_.text(q.frame);
  const convene_channel_input* input = arena_.record(i);
  arena_.seal();
  convene_channel_effects& effects = host.given().channel = table_channel_effects(host.speaker());
  host.answer().state = q.state;
  const convene_status status = channel_frame(host, *channel_, channel_self_, input, &effects);
  Answer a = std::move(host.answer());
  a.status = status;
  if (status != CONVENE_OK) a.said.clear();  // a failed call leaves no trace (law 6)
  return a;
}

Answer Instance::ask_adapter(const AdapterQuestion& q) {
  const convene_text body = arena_.text(q.body);
  if (q.is_leg) {
    arena_.seal();
    adapter_leg(host, *adapter_, table_->self, body);
    return std::move(host.answer());
  }
  convene_adapter_request r{};
  const std::uint64_t token = r.token = next_token_++;
  r.name = arena_.text(q.name), r.idempotency_key = arena_.text(q.key), r.body = body;
  r.deadline_ms = q.deadline;
  const convene_adapter_request* request = arena_.record(r);
  arena_.seal();
  host.asked(token);
  const convene_status status = adapter_request(host, *adapter_, table_->self, request);
  Answer a = host.answer();
  a.status = status;
  if (status != CONVENE_OK) return a;  // a failure is the answer
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(q.deadline);
  while (host.answers(token) == 0 && Clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (host.answers(token) == 0) {
    host.note(Rule::token_never, "did not answer a request within its deadline of " +
                                     std::to_string(q.deadline) + " ms");
  }
  return a;
}

void Instance::outcome(int kind) {
  if (!routing_ || !routing_->outcome) return;
  static const std::string agent = "anna";
  host.begin("outcome");
  const convene_routing_outcome o{sizeof o, kind, 7, view(agent), 12'000};
  routing_outcome(host, *routing_, routing_self_, &o);
  if (program_ && !program_->fault().empty())
    throw ProgramFault{program_->fault() + " (told an outcome)"};
}

void Instance::look_at_program(const Question& question) {
  if (!program_->fault().empty())
    throw ProgramFault{program_->fault() + " (question: " + question.label + ")"};
  if (const std::string nonsense = program_->take_nonsense(); !nonsense.empty())
    host.note(question.asked.index() == 0 ? Rule::action : Rule::effect_arguments, nonsense);
}

Exam sit(Instance& instance, const Questions& questions, const Placement& placement) {
  Exam exam;
  std::string service_state, channel_state;
  for (Question question : questions) {
    std::string* state = nullptr;
    const auto carry = [&](auto& q, std::string& kept) {
      if (q.first) kept.clear();
      if (q.carries) q.state = kept, state = &kept;
      q.carries = false;
    };
    if (auto* s = std::get_if<ServiceQuestion>(&question.asked)) carry(*s, service_state);
    if (auto* c = std::get_if<ChannelQuestion>(&question.asked)) carry(*c, channel_state);
    Answer answer = instance.ask(question, placement);
    // A failed call leaves no trace (law 6): the state stays as it was.
    if (state && answer.status == CONVENE_OK) *state = answer.state;
    exam.questions.push_back(std::move(question));
    exam.answers.push_back(std::move(answer));
  }
  return exam;
}

}  // namespace convene::check
