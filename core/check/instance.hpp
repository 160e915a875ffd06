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
#include "core/model/result.hpp"

namespace convene::check {

/// Goes through a plugin's life step by step. Ends it, where it has not ended, with itself.
class Instance {
 public:
  Instance(const Library& library, std::uint32_t index);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// `entry.create`; its configuration lies as `placement` says, and is taken away after the call.
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
  /// the extension.
  Answer ask(const Question& question, const Placement& placement = {});
  const void* extension(std::string_view id);
  /// Tells a policy what became of an offer.
  void outcome(int kind);

  bool created() const { return table_.has_value(); }
  bool started() const { return started_; }

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

  const Library& library_;
  const std::uint32_t index_;
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
