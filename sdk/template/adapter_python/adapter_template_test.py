# adapter_template_test.py - what the adapter says to the core: `python3 -m unittest adapter_template_test`.
import os
import tempfile
import unittest

from adapter_template import Adapter


class Core:
    """Keeps what is said to it."""

    def __init__(self):
        self.said = []

    def ask(self, name, body, _answered=None):
        self.said.append((name, body))

    def leg_is(self, leg, state, channels=(), reason=""):
        self.said.append((leg, state))


class Speaks(unittest.TestCase):
    def setUp(self):
        handle, self.path = tempfile.mkstemp()
        os.close(handle)
        self.addCleanup(os.unlink, self.path)
        self.write("anna ready\n", 1)
        self.core = Core()
        self.adapter = Adapter(self.core)
        self.adapter.welcome({"states": self.path}, True)
        self.adapter.look()

    def write(self, text, changed_at):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        os.utime(self.path, ns=(changed_at, changed_at))

    def test_attaches_agents_and_says_how_they_are(self):
        self.assertEqual([("attach", {"agent": "anna"}), ("agent_says", {"agent": "anna", "state": "ready"})],
                         self.core.said)

    def test_says_only_what_has_changed(self):
        self.core.said.clear()
        self.adapter.look()
        self.assertEqual([], self.core.said)
        self.write("anna paused\n", 2)
        self.adapter.look()
        self.assertEqual([("agent_says", {"agent": "anna", "state": "paused"})], self.core.said)

    def test_says_everything_again_to_a_core_that_was_restarted(self):
        self.core.said.clear()
        self.adapter.welcome({"states": self.path}, True)
        self.adapter.look()
        self.assertEqual("attach", self.core.said[0][0])

    def test_accepts_offers_and_connects_legs(self):
        self.core.said.clear()
        self.adapter.notice("offer", {"agent": "anna", "offer": 5})
        self.adapter.join(9, "anna", {"channels": ["chat"]})
        self.adapter.leave(9, "ended")
        self.assertEqual([("offer_answer", {"agent": "anna", "offer": 5, "accepts": True}), (9, "connected"), (9, "left")],
                         self.core.said)


if __name__ == "__main__":
    unittest.main()
