#!/usr/bin/env python3
# adapter_template.py - speaks for agents whose telephones are somebody else's: a small ACD, kept in a text file.
"""Every line of the file `states` of its settings is an agent and a state: ready, paused or signed_out. Offers to a ready
agent are accepted, and legs are connected at once. Put your switch's API where the class Switch is."""
import os
import sys

from convene_bus import Bus

STATES = ("ready", "paused", "signed_out")


class Switch:
    """The foreign system. This one is a file, and its telephones answer at once."""

    def __init__(self, path):
        self.path, self.read_at = path, None

    def states(self):
        """Agent to state; None while nothing has changed."""
        changed_at = os.stat(self.path).st_mtime_ns
        if changed_at == self.read_at:
            return None
        self.read_at = changed_at
        with open(self.path, encoding="utf-8") as file:
            words = [line.split() for line in file]
        return {agent: state for agent, state in (w for w in words if len(w) == 2) if state in STATES}

    def rings(self, agent):
        """Whether the agent takes the call."""
        return agent is not None

    def connects(self, agent):
        """Whether the switch has put the agent's telephone through."""
        return agent is not None

    def hangs_up(self, leg):
        """The session, or the agent's part in it, is over."""


class Adapter:
    """Between the switch and the core."""

    def __init__(self, bus):
        self.bus, self.switch, self.states = bus, None, {}
        bus.on_welcome, bus.on_notice = self.welcome, self.notice
        bus.on_join, bus.on_leave, bus.on_idle = self.join, self.leave, self.look

    def welcome(self, settings, renewed):
        """The core takes us in, or was restarted: then it is told everything again."""
        if self.switch is None or renewed:
            self.switch, self.states = Switch(settings.get("states", "agents.txt")), {}

    def look(self):
        """Tells the core what has changed."""
        try:
            fresh = self.switch.states() if self.switch else None
        except OSError as error:
            print(f"cannot read the states: {error.strerror}", file=sys.stderr, flush=True)
            return
        if fresh is None:
            return
        fresh = {**dict.fromkeys(self.states, "signed_out"), **fresh}  # whoever is gone from the file is gone
        for agent, state in fresh.items():
            if agent not in self.states:
                self.bus.ask("attach", {"agent": agent}, self.answered)
            if self.states.get(agent) != state:
                self.bus.ask("agent_says", {"agent": agent, "state": state}, self.answered)
        self.states = fresh

    def notice(self, name, body):
        if name == "offer":
            accepts = self.switch.rings(body["agent"])
            self.bus.ask("offer_answer", {"agent": body["agent"], "offer": body["offer"], "accepts": accepts})

    def join(self, leg, agent, details):
        if self.switch.connects(agent):
            self.bus.leg_is(leg, "connected", details["channels"])
        else:
            self.bus.leg_is(leg, "failed", reason="no_answer")

    def leave(self, leg, _reason):
        self.switch.hangs_up(leg)
        self.bus.leg_is(leg, "left", reason="hung_up")

    @staticmethod
    def answered(ok, body):
        if not ok:
            print(f"the core refuses: {body['code']}: {body['text']}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    the_bus = Bus(kind="proxy", capabilities=["connects_legs"])
    Adapter(the_bus)
    the_bus.run()
