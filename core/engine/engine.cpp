// core/engine/engine.cpp - the engine's face: hands everything to the machine behind it.
#include "core/engine/engine.hpp"

#include "core/engine/machine.hpp"

namespace convene {

struct Engine::State {
  Machine machine;
};

Engine::Engine(EngineSettings settings, const Snapshot& snapshot, Time now)
    : state_(new State{Machine(std::move(settings), snapshot, now)}) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::apply(Time now, const Input& input, Outputs& out) { state_->machine.apply(now, input, out); }
Time Engine::next_wake() const { return state_->machine.next_wake(); }
void Engine::reconfigure(EngineSettings settings) { state_->machine.reconfigure(std::move(settings)); }
Snapshot Engine::snapshot() const { return state_->machine.snapshot(); }
std::vector<PoolLoad> Engine::pools() const { return state_->machine.pools(); }
void Engine::each_session(const SessionVisitor& visit) const { state_->machine.each_session(visit); }

}  // namespace convene
