# service_template_test.py - what the service does: `python3 -m unittest service_template_test`.
import unittest
from types import SimpleNamespace

from convene_plugin import (ACCEPTED, AGENT, ARRIVED, COMPLETED, CONNECTED, CUSTOMER, ESCALATED, FAILED, LEFT, LEG, NO_AGENT,
                            REQUEST, Effects)
from service_template import ServiceTemplate


def leg(number, role, state):
    return SimpleNamespace(id=number, role=role, state=state, endpoint="")


def step(kind, legs=(), state="", **event):
    """The effects of one step."""
    happened = SimpleNamespace(**{"kind": kind, "leg": 0, "leg_state": 0, "agent": "", "name": "", "detail": {}, **event})
    session = SimpleNamespace(id=7, legs=list(legs), searching=0, wanted_agent="", now_ms=1_000_000)
    effects = Effects()
    ServiceTemplate().step(session, state, happened, effects)
    return effects.list


class Steps(unittest.TestCase):
    def test_joins_the_customer_and_looks_for_an_agent(self):
        self.assertEqual([["add_customer"], ["find_agent", "", ""], ["notify", CUSTOMER, "searching", "{}"]],
                         step(ARRIVED))
        self.assertEqual([["add_agent", "anna"]], step(ACCEPTED, agent="anna"))

    def test_is_over_with_the_first_who_leaves(self):
        both = [leg(1, CUSTOMER, CONNECTED), leg(2, AGENT, CONNECTED)]
        self.assertEqual([["save_state", "talked"]], step(LEG, both, leg=2, leg_state=CONNECTED))
        self.assertEqual([["remove", 2, "left"]], step(REQUEST, both, leg=2, name="leave"))
        left = [leg(1, CUSTOMER, CONNECTED), leg(2, AGENT, LEFT)]
        self.assertEqual([["end", COMPLETED, "left"]], step(LEG, left, "talked", leg=2, leg_state=LEFT))

    def test_looks_again_when_the_agent_does_not_come(self):
        legs = [leg(1, CUSTOMER, CONNECTED), leg(2, AGENT, FAILED)]
        self.assertEqual(["find_agent", "", ""], step(LEG, legs, leg=2, leg_state=FAILED)[0])

    def test_never_leaves_a_customer_in_silence(self):
        self.assertEqual([["notify", CUSTOMER, "no_agent", "{}"], ["end", ESCALATED, "no_agent"]], step(NO_AGENT))


if __name__ == "__main__":
    unittest.main()
