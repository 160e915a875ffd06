#!/usr/bin/env python3
# examples/adapter_in_python/crm_csv.py - a customer database in two CSV files: looks customers up, writes what was done.
"""An adapter of the kind `records`. It needs pyzmq (Debian: python3-zmq) and sdk/python/convene_bus.py.

It answers `look_up` with a customer's row, and `write_activity` by adding one, whatever is repeated; and for every session
that has ended it writes exactly one activity by itself, however often it, the core or the line between them is restarted.
"""
import csv
import json
import os
import pathlib
import sys
import time

try:
    from convene_bus import Bus, Refused
except ModuleNotFoundError:  # in the repository; `convene new` puts it beside the adapter
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk" / "python"))
    from convene_bus import Bus, Refused

COLUMNS = ["key", "at", "session", "flow", "end", "note"]


class Customers:
    """customers.csv: the first column is the key; read again when it has changed."""

    def __init__(self, path):
        self.path, self.read_at, self.rows = path, None, {}

    def find(self, key):
        changed_at = os.stat(self.path).st_mtime_ns
        if changed_at != self.read_at:
            with open(self.path, encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                self.rows = {row[reader.fieldnames[0]]: row for row in reader}
            self.read_at = changed_at
        return self.rows.get(key)


class Activities:
    """activities.csv: one line for one key, for ever. A line counts once it is on the disk."""

    def __init__(self, path):
        self.path, self.keys = path, set()
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            path.write_bytes(path.read_bytes().rpartition(b"\n")[0] + b"\n")  # cut off in the middle of a line
        if path.exists():
            with open(path, encoding="utf-8", newline="") as file:
                self.keys = {row["key"] for row in csv.DictReader(file) if row["key"]}
        else:
            self._append(COLUMNS)

    def write(self, key, **fields):
        """False: it is there already."""
        if key in self.keys:
            return False
        row = {"key": key, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **fields}
        self._append([row.get(column, "") for column in COLUMNS])
        self.keys.add(key)
        return True

    def _append(self, cells):
        # A cell that begins so would be run as a formula by a spreadsheet.
        cells = ["'" + str(cell) if str(cell)[:1] in ("=", "+", "-", "@", "\t") else str(cell) for cell in cells]
        with open(self.path, "a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(cells)
            file.flush()
            os.fsync(file.fileno())


class Open:
    """open.json: the sessions that live, so that one that ends while nobody listens is noticed."""

    def __init__(self, path):
        self.path = path
        self.flows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def change(self, add=None, remove=None):
        changed = {**self.flows, **(add or {})}
        for session in remove or ():
            changed.pop(session, None)
        if changed == self.flows:
            return
        self.flows = changed
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.flows), encoding="utf-8")
        os.replace(fresh, self.path)


class Crm:
    """Between the files and the core."""

    def __init__(self, bus, folder):
        self.bus = bus
        self.customers = Customers(folder / "customers.csv")
        self.activities, self.open = Activities(folder / "activities.csv"), Open(folder / "open.json")
        bus.request("look_up")(self.look_up)
        bus.request("write_activity")(self.write_activity)
        bus.event("session")(self.heard)
        bus.on_welcome, bus.on_gap = lambda *_: self.compare(), lambda _: self.compare()

    def look_up(self, body, _key):
        row = self.customers.find(str(body.get("key", "")))
        return {"known": row is not None, **({"record": row} if row else {})}

    def write_activity(self, body, key):
        if not key:
            raise Refused("malformed", "An activity needs an idempotency key, so that it is written once.")
        known = {name: body[name] for name in COLUMNS[2:] if name in body}
        return {"written": self.activities.write("asked-" + key, **known)}

    def heard(self, topic, body):
        session = str(body["session"])
        if topic == "session.created":
            self.open.change(add={session: body.get("flow", "")})
        elif topic == "session.ended":
            self.ended(session, body.get("end", "none"))

    def ended(self, session, end):
        # First the activity, then the note: what happens twice in between is written once, by its key.
        self.activities.write("session-" + session, session=session, flow=self.open.flows.get(session, ""), end=end)
        self.open.change(remove=[session])

    def compare(self):
        """Events were missed: whatever was open and lives no more has ended meanwhile."""
        self.bus.snapshot(["session"], self.compared)

    def compared(self, pages):
        if pages is None:
            return  # the next welcome asks again
        live = {str(session["session"]): session["flow"] for page in pages for session in page["sessions"]}
        for session in [session for session in self.open.flows if session not in live]:
            self.ended(session, "missed")
        self.open.change(add=live)


if __name__ == "__main__":
    the_bus = Bus(kind="records")
    Crm(the_bus, pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    the_bus.run()
