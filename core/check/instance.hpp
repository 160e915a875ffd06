// core/check/instance.hpp - one instance of the plugin under test, between the checking host and
// whoever asks.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/check/arena.hpp"
#include "core/check/checking_host.hpp"
#include "core/check/library.hpp"
#include "core/check/questions.hpp"
#include "core/check/wire_partner.hpp"
#include "core/model/result.hpp"

namespace convene::check {

/// A program can be asked no more: it has ended, hangs, or broke a rule of the wire. For a case it is
/// what a crash of a library is: it ends there, with this as its finding (children.hpp).
struct ProgramFault {
  std::string text;
};

/// Goes through a plugin's life step by step. Ends it, where it has not ended, with itself. Whoever
/// asks need not know whether it is a library in this process or a program in one of its own.
class Instance {
 public:
  Instance(const Library& library, std::uint32_t index);
  explicit Instance(Program program);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// `entry.create`, or the start of the program; its configuration lies as `placement` says, and is taken away after the call.
  Status create(const std::string& config, const Placement& placement = {});
  Status start();
  /// Fetches the table of every extension that the descriptor offers; connects an adapter.
  Status bind();
  /// All three.
  Status live(const std::string& config, const Placement& placement = {});
  void stop();
  void destroy();
  /// Instead of a life of its own: speaks to a plugin that a real host has loaded, guards and all.
  void adopt(std::unique_ptr<LoadedPlugin> plugin);
  /// The adopted one.
  LoadedPlugin& adopted() { return *adopted_; }

  /// Asks; a question that carries its state is asked with `state`. False: the plugin does not offer
  /// the extension. Throws ProgramFault.
  Answer ask(const Question& question, const Placement& placement = {});
  const void* extension(std::string_view id);
  /// Tells a policy what became of an offer.
  void outcome(int kind);

  bool created() const { return table_.has_value(); }
  bool started() const { return started_; }
  /// The program that it is; null: a library.
  WirePartner* program() { return program_.get(); }

 private:
  std::shared_ptr<CheckingHost>
      host_;  // outlives the instance for a while: somebody may speak too late

 public:
  CheckingHost& host;

 private:
  Answer ask_routing(const RoutingQuestion& q);
  Answer ask_service(const ServiceQuestion& q);
  Answer ask_channel(const ChannelQuestion& q);
  Answer ask_adapter(const AdapterQuestion& q);
  const convene_plugin* create_program(const std::string& config);
  void look_at_program(const Question& question);

  const Library* const library_ = nullptr;
  const std::uint32_t index_ = 0;
  std::unique_ptr<WirePartner> program_;
  std::vector<std::string> offers_;
  Arena arena_;
  std::optional<convene_plugin> table_;
  bool started_ = false;
  std::optional<convene_routing> routing_;
  std::optional<convene_service> service_;
  std::optional<convene_channel> channel_;
  std::optional<convene_adapter> adapter_;
  std::unique_ptr<LoadedPlugin> adopted_;
  void* routing_self_ = nullptr;  // of an adopted one each table has a self of its own
  void* service_self_ = nullptr;
  void* channel_self_ = nullptr;
  Speaker bus_speaker_;
  convene_adapter_bus bus_{};
  std::uint64_t next_token_ = 1;
};

/// Questions with the states that they were asked with, and what was answered.
struct Exam {
  Questions questions;
  std::vector<Answer> answers;
};

/// Asks all in their order; each carried state is what the story's last call has left.
Exam sit(Instance& instance, const Questions& questions, const Placement& placement = {});

}  // namespace convene::check
