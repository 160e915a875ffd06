# examples/adapter_in_python/crm_csv_test.py - what is looked up, and that every session leaves one line and no more.
import csv
import pathlib
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "sdk" / "python")]

from convene_bus import Refused  # noqa: E402
from crm_csv import Crm  # noqa: E402


class FakeBus:
    """Keeps the handlers; a snapshot is what the test says."""

    def __init__(self):
        self.requests, self.events, self.live = {}, {}, []

    def request(self, name):
        return lambda handler: self.requests.setdefault(name, handler)

    def event(self, word):
        return lambda handler: self.events.setdefault(word, handler)

    def snapshot(self, _topics, taken):
        taken([{"sessions": [{"session": session, "flow": "talk_now"} for session in self.live]}])


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copy(HERE / "customers.csv", self.folder)
        self.start()

    def start(self):
        self.bus = FakeBus()
        self.crm = Crm(self.bus, self.folder)

    def lines(self):
        with open(self.folder / "activities.csv", encoding="utf-8", newline="") as file:
            return [(row["session"], row["flow"], row["end"]) for row in csv.DictReader(file)]

    def test_looks_customers_up(self):
        look_up = self.bus.requests["look_up"]
        self.assertEqual("gold", look_up({"key": "1001"}, "")["record"]["segment"])
        self.assertEqual({"known": False}, look_up({"key": "9"}, ""))

    def test_reads_customers_again_when_they_have_changed(self):
        self.bus.requests["look_up"]({"key": "1001"}, "")
        with open(self.folder / "customers.csv", "a", encoding="utf-8") as file:
            file.write("9,New One,2026,bronze\n")
        self.assertTrue(self.bus.requests["look_up"]({"key": "9"}, "")["known"])

    def test_writes_one_line_for_one_session(self):
        heard = self.bus.events["session"]
        heard("session.created", {"session": 7, "flow": "talk_now"})
        for _ in range(3):
            heard("session.ended", {"session": 7, "end": "completed"})
        self.assertEqual([("7", "talk_now", "completed")], self.lines())

    def test_writes_one_line_across_restarts(self):
        self.bus.events["session"]("session.created", {"session": 7, "flow": "talk_now"})
        self.start()
        self.bus.events["session"]("session.ended", {"session": 7, "end": "completed"})
        self.start()
        self.bus.events["session"]("session.ended", {"session": 7, "end": "completed"})
        self.bus.on_welcome({}, True)
        self.assertEqual([("7", "talk_now", "completed")], self.lines())

    def test_notices_what_ended_while_nobody_listened(self):
        self.bus.events["session"]("session.created", {"session": 7, "flow": "talk_now"})
        self.start()
        self.bus.live = [8]
        self.bus.on_welcome({}, False)
        self.bus.on_gap("session")
        self.assertEqual([("7", "talk_now", "missed")], self.lines())
        self.bus.events["session"]("session.ended", {"session": 8, "end": "completed"})
        self.assertEqual(("8", "talk_now", "completed"), self.lines()[-1])

    def test_a_line_cut_off_in_the_middle_is_written_again(self):
        self.bus.events["session"]("session.ended", {"session": 7, "end": "completed"})
        path = self.folder / "activities.csv"
        path.write_bytes(path.read_bytes()[:-5])
        self.start()
        self.bus.events["session"]("session.ended", {"session": 7, "end": "completed"})
        self.assertEqual([("7", "", "completed")], self.lines())

    def test_asked_activities_are_written_once_by_their_key(self):
        write = self.bus.requests["write_activity"]
        self.assertTrue(write({"session": 7, "note": "=1+1"}, "k1")["written"])
        self.assertFalse(write({"session": 7, "note": "=1+1"}, "k1")["written"])
        self.assertIn("'=1+1", (self.folder / "activities.csv").read_text(encoding="utf-8"))
        with self.assertRaises(Refused):
            write({"session": 7}, "")


if __name__ == "__main__":
    unittest.main()
