# examples/policy_in_python/policy_weighted_test.py - what the policy weighs, and that the node's wire reaches it.
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "sdk" / "python")]

from convene_plugin import ASSIGN, WAIT, candidate, request  # noqa: E402
from policy_weighted import PolicyWeighted  # noqa: E402

SETTINGS = {"skills_from": ["product"]}


class Weighs(unittest.TestCase):
    def decide(self, candidates, **fields):
        return PolicyWeighted(SETTINGS).decide(request(candidates, **fields))

    def test_gives_the_best_score(self):
        answer = self.decide([candidate("anna", loans=3), candidate("ben", loans=7)], context={"product": "loans"})
        self.assertEqual((ASSIGN, 1), (answer["action"], answer["index"]))

    def test_weighs_load_against_skill(self):
        busy, free = candidate("anna", loans=7), candidate("ben", loans=3)
        busy.sessions, busy.capacity = 2, 3
        self.assertEqual(1, self.decide([busy, free], context={"product": "loans"})["index"])

    def test_keeps_the_order_among_equals(self):
        self.assertEqual(0, self.decide([candidate("anna"), candidate("ben")])["index"])

    def test_never_swaps_the_agent_who_was_promised(self):
        self.assertEqual(WAIT, self.decide([candidate("anna")], wanted_agent="ben")["action"])


class SpeaksTheWire(unittest.TestCase):
    """A node made of a few lines: what WIRE.md says, to the byte."""

    def setUp(self):
        import zmq

        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.node = zmq.Context.instance().socket(zmq.PAIR)
        self.node.linger, self.node.rcvtimeo = 0, 20_000
        endpoint = f"ipc://{folder.name}/host.sock"
        self.node.bind(endpoint)
        self.addCleanup(self.node.close)
        self.child = subprocess.Popen([sys.executable, "-B", str(HERE / "policy_weighted.py")],
                                      env={**os.environ, "CONVENE_HOST_ENDPOINT": endpoint})
        self.addCleanup(self.child.kill)

    def say(self, kind, body, number=0):
        self.node.send_multipart([b"CH1" + kind, struct.pack(">Q", number), json.dumps(body).encode()])

    def hear(self):
        kind, number, body = self.node.recv_multipart()
        self.assertEqual(b"CH1", kind[:3])
        return kind[3:], struct.unpack(">Q", number)[0], json.loads(body)

    def test_from_hello_to_goodbye(self):
        kind, _, hello = self.hear()
        self.assertEqual((b"H", "policy_weighted", ["convene.routing/1"]), (kind, hello["id"], hello["offers"]))
        self.say(b"W", {"version": 1, "config": json.dumps(SETTINGS)})
        self.assertEqual(b"Y", self.hear()[0])
        skills = [["loans", 3]]
        one = {"sessions": 0, "capacity": 1, "missed": 0, "agent": "anna", "idle_since_ms": 0, "skills": skills}
        asked = {"page": 0, "more": 0, "attempt": 0, "session": 7, "flow": "f", "pool": "p", "wanted_agent": "",
                 "context": '{"product":"loans"}', "now_ms": 1, "waiting_since_ms": 1, "candidates": [one]}
        self.say(b"Q", {"name": "decide", "deadline_ms": 20, "request": asked}, 5)
        self.assertEqual((b"R", 5, {"status": 0, "action": 1, "index": 0, "reason": "the best score of 1", "scores": [6]}),
                         self.hear())
        self.say(b"P", {}, 9)
        self.assertEqual((b"O", 9, {}), self.hear())
        self.say(b"Q", {"name": "dance", "deadline_ms": 20}, 6)
        self.assertEqual(-3, self.hear()[2]["status"])
        self.say(b"G", {})
        self.assertEqual(0, self.child.wait(20))


if __name__ == "__main__":
    unittest.main()
