# policy_template_test.py - what the policy decides: `python3 -m unittest policy_template_test`.
import unittest

from convene_plugin import ASSIGN, MORE, WAIT, candidate, request
from policy_template import PolicyTemplate


class Decides(unittest.TestCase):
    def test_gives_whoever_has_been_free_longest(self):
        answer = PolicyTemplate({}).decide(request([candidate("anna"), candidate("ben")]))
        self.assertEqual((ASSIGN, 0), (answer["action"], answer["index"]))

    def test_asks_for_the_skill(self):
        asked = request([candidate("anna", loans=4), candidate("ben", loans=5)])
        self.assertEqual(1, PolicyTemplate({"skill": "loans", "level": 5}).decide(asked)["index"])

    def test_never_swaps_the_agent_who_was_promised(self):
        asked = request([candidate("anna")], wanted_agent="ben")
        self.assertEqual(WAIT, PolicyTemplate({}).decide(asked)["action"])

    def test_looks_at_the_next_page_before_it_waits(self):
        asked = request([candidate("anna")], wanted_agent="ben", more=1)
        self.assertEqual(MORE, PolicyTemplate({}).decide(asked)["action"])


if __name__ == "__main__":
    unittest.main()
