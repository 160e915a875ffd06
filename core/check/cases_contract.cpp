// core/check/cases_contract.cpp - level "life", continued: every answer within the contract's words.
#include <algorithm>
#include <chrono>
#include <thread>

#include "convene/json.hpp"
#include "core/check/cases.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene::check {
namespace {

/// Asks what a day brings, tells outcomes, ends the instance, and listens for a while.
Verdict judged(const Subject& subject, std::initializer_list<Rule> rules) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (std::size_t i = 0; i < exam.answers.size(); ++i) {
      if (exam.answers[i].status == CONVENE_E_THROWN)
        instance.host.note(Rule::throws, exam.questions[i].label + ": " + exam.answers[i].why);
    }
    for (int outcome = CONVENE_OUTCOME_ACCEPTED; outcome <= CONVENE_OUTCOME_WITHDRAWN; ++outcome)
      instance.outcome(outcome);
    if (!instance.program()) instance.stop(), instance.destroy();  // its end is another process's
    if (std::find(rules.begin(), rules.end(), Rule::outside) != rules.end())
      std::this_thread::sleep_for(std::chrono::milliseconds(30));  // for who speaks too late
    for (const Rule rule : rules) {
      if (instance.host.broken(rule)) return failed(instance.host.finding(rule));
    }
    return passed(std::to_string(exam.questions.size()) + " questions");
  });
}

Case rule(const char* name, std::initializer_list<Rule> rules, unsigned extensions,
          const char* proves, const char* remedy) {
  return {name,
          proves,
          remedy,
          extensions,
          "life.tells_its_extensions",
          [rules = std::vector<Rule>(rules)](const Subject& s) {
            Verdict verdict = passed();
            for (const Rule one : rules) {
              verdict = judged(s, {one});
              if (verdict.outcome != Outcome::passed) return verdict;
            }
            return verdict;
          }};
}

Verdict state_fits(const Subject& subject) {
  if (subject.plugin.state_schema.empty()) return passed("it declares no schema of its state");
  const json::Parsed schema = json::parse(subject.plugin.state_schema);
  if (!schema || !check_schema(*schema.value))
    return skipped("its state schema uses keywords that this host cannot check");
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (std::size_t i = 0; i < exam.answers.size(); ++i) {
      const std::string& state = exam.answers[i].state;
      if (state.empty()) continue;
      const json::Parsed read = json::parse(state);
      if (!read) return failed("left a state that is not JSON: " + shown(state));
      if (Status fits = check_config(*schema.value, *read.value); !fits)
        return failed("left a state against its schema: " + fits.error().text);
    }
    return passed();
  });
}

Verdict state_has_a_version(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    for (const Answer& answer : sit(instance, ordinary(subject)).answers) {
      if (!answer.state.empty() && subject.plugin.state_version == 0)
        return failed("leaves a state with the host, and its state_version is 0");
    }
    return passed();
  });
}

}  // namespace

std::vector<Case> contract_cases() {
  return {
      rule("life.throws_nothing", {Rule::throws}, kAny,
           "No exception crosses the boundary (law 4), and an ordinary day throws none.",
           "Catch it in the plugin; the C++ face does, raw function tables do not."),
      rule("life.statuses_exist", {Rule::status}, kAny, "It returns statuses that exist.",
           "Return CONVENE_OK or one of CONVENE_E_...; CONVENE_E_PARKED is only the host's."),
      rule("life.says_why_it_fails", {Rule::silent_failure}, kAny,
           "Every failure comes with a reason.",
           "Call convene_host.fail with one sentence that names the remedy, then return the "
           "failure."),
      rule("life.speaks_on_its_lane", {Rule::lane}, kLibrary,
           "It calls [lane] functions of the host on the thread of the call only.",
           "Call effects and sinks from the thread on which you were called."),
      rule("life.speaks_in_time", {Rule::outside}, kLibrary,
           "It calls host functions only while they are its own.",
           "Keep no effects or sinks beyond their call, and say nothing after destroy()."),
      rule("life.texts_are_whole", {Rule::bad_text}, kAny, "Its texts are readable and UTF-8.",
           "A null text has the size 0; people read UTF-8."),
      rule("life.actions_exist", {Rule::action}, kRouting, "It decides what routing.h knows.",
           "Answer ASSIGN, WAIT, OVERFLOW or MORE, and wait until 0 or a time after 1970."),
      rule("life.assigns_who_is_there", {Rule::index}, kRouting,
           "It assigns a candidate that is on the page.",
           "Answer an index below candidate_count; with nobody there, wait or overflow."),
      rule("life.asks_for_pages_that_exist", {Rule::more}, kRouting,
           "It asks for a further page only where there is one.",
           "Answer CONVENE_ROUTING_MORE only where request.more is not 0."),
      rule("life.names_the_pool", {Rule::pool}, kRouting, "It overflows into a pool with a name.",
           "Write the pool's name, 1 to 64 bytes, to answer.pool."),
      rule("life.says_why_it_decides", {Rule::no_reason}, kRouting,
           "Every decision comes with its reason.",
           "Write a few words to answer.reason: operators read them in `convene explain`."),
      rule("life.fits_the_sinks", {Rule::sink_bound}, kRouting,
           "It writes no more than a sink takes.",
           "Cut the reason at 1024 bytes and the pool at 64, and stop when a sink refuses."),
      rule("life.few_effects", {Rule::effect_count}, kService | kChannel,
           "It asks for at most 64 effects in a call.",
           "Do less in one step; set a timer for the rest."),
      rule("life.effects_exist", {Rule::effect_arguments}, kService | kChannel | kAdapter,
           "Its effects have arguments that exist.",
           "Check timers (0 to 7), roles, ends, names and codes against the header."),
      rule("life.bodies_are_json", {Rule::body}, kService | kChannel | kAdapter,
           "What it sends as JSON is JSON.", "Write JSON with json.hpp, never by hand."),
      rule("life.small_state", {Rule::state_size}, kService | kChannel,
           "Its state stays within the host's bound.",
           "Keep at most 64 KiB for a session and 4 KiB for a channel; forget who has left."),
      {"life.state_fits_its_schema", "Every state that it leaves satisfies its own state schema.",
       "Correct the state schema, or what is saved.", kService | kChannel,
       "life.tells_its_extensions", state_fits},
      {"life.state_has_a_version", "Who leaves a state with the host says its version.",
       "Set state_version (kStateVersion) to 1, and count it up with every change of the state.",
       kService | kChannel, "life.tells_its_extensions", state_has_a_version},
      rule("life.logs_for_operators", {Rule::log}, kAny,
           "It logs under stable ids, at levels that exist, within 1024 bytes.",
           "Use ids like \"my_plugin.no_levels\" and CONVENE_LOG_...."),
      rule("life.answers_every_request", {Rule::token_never}, kAdapter,
           "It answers every request within its deadline (law 5).",
           "Reply, or return a failure, for every token, also for requests that you do not know."),
      rule("life.answers_once", {Rule::token_twice}, kAdapter,
           "It answers no request twice (law 5).", "Forget a token when you have answered it."),
      rule("life.answers_what_was_asked", {Rule::token_unknown}, kAdapter,
           "It answers only requests that were made.", "Answer with the token of the request."),
  };
}

}  // namespace convene::check
