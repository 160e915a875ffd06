#!/usr/bin/env python3
# service_template.py - a service in Python: when customer and agent join a session, and when it ends.
from convene_plugin import (ACCEPTED, AGENT, ARRIVED, CANCELLED, COMPLETED, CONNECTED, CUSTOMER, DEGRADED, ESCALATED, LEG,
                            NO_AGENT, REQUEST, is_name, run)


def is_live(state):
    """Whether a leg in this state may still come (back)."""
    return state <= DEGRADED


def is_joined(state):
    return state in (CONNECTED, DEGRADED)


class ServiceTemplate:
    """Joins customer and agent at once; over with the first who leaves."""

    id = "service_template"
    version = "0.1.0"
    summary = "Joins customer and agent at once; over with the first who leaves."
    state_version = 1  # of what save_state leaves with the core; counts up with every change of its form

    def step(self, session, state, event, effects):
        """One thing happened; `effects` says what follows. Whatever must be remembered is in the session's legs, or goes
        through effects.save_state: nothing is kept in here between two calls."""
        if event.kind == ARRIVED:
            effects.add_customer()
            self.search(session, effects)
        elif event.kind == ACCEPTED and event.agent and is_name(event.agent):
            effects.add_agent(event.agent)
        elif event.kind == NO_AGENT:
            self.no_agent(effects)
        elif event.kind == LEG:
            self.leg_changed(session, state, event, effects)
        elif event.kind == REQUEST:
            self.request(session, event, effects)

    def search(self, session, effects):
        if not is_name(session.wanted_agent):  # there is nobody of that name
            self.no_agent(effects)
            return
        effects.find_agent("", session.wanted_agent)
        effects.notify(CUSTOMER, "searching", "{}")

    @staticmethod
    def no_agent(effects):
        effects.notify(CUSTOMER, "no_agent", "{}")
        effects.end(ESCALATED, "no_agent")

    def leg_changed(self, session, state, event, effects):
        leg = next((leg for leg in session.legs if leg.id == event.leg), None)
        if leg is None:
            return
        joined = {leg.role for leg in session.legs if is_joined(leg.state)}
        if not is_live(event.leg_state):
            if state == "talked":
                effects.end(COMPLETED, "left")
            elif leg.role == CUSTOMER:
                effects.end(CANCELLED, "customer_left")
            elif not session.searching and not any(leg.role == AGENT and is_live(leg.state) for leg in session.legs):
                self.search(session, effects)  # the agent accepted, and did not come
        elif state != "talked" and {CUSTOMER, AGENT} <= joined:
            effects.save_state("talked")

    @staticmethod
    def request(session, event, effects):
        """Requests come from outside: a bad one is answered. A step that fails is the service's own failure."""
        leg = next((leg for leg in session.legs if leg.id == event.leg and is_live(leg.state)), None)
        if leg is None:
            return
        if event.name == "leave":
            effects.remove(leg.id, "left")  # what follows comes back as a leg event
        else:
            effects.notify(leg.role, "refused", '{"code":"unknown_request"}')


if __name__ == "__main__":
    run(ServiceTemplate)
