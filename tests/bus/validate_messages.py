#!/usr/bin/env python3
# tests/bus/validate_messages.py - checks every message that the tests have sent against the schemas of sdk/bus.
"""Reads the traces in the folder given (CONVENE_BUS_TRACE of the tests), then removes them. With --self-test it checks
that wrong messages are found."""
import json
import pathlib
import sys
from collections import Counter

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "sdk" / "bus" / "schema"
# Requests that tests of the transport make up; their envelopes are checked like all others.
MADE_UP = {"echo", "silence", "look_up", "count", "flood"}
MADE_UP_WORDS = {"flood", "state", "steady"}


def inline(node, definitions):
    """Replaces references to common.json by what they name: so the validator needs no resolver."""
    if isinstance(node, list):
        return [inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        named = definitions[node["$ref"].rsplit("/", 1)[-1]]
        return inline({**named, **{key: value for key, value in node.items() if key != "$ref"}}, definitions)
    return {key: inline(value, definitions) for key, value in node.items()}


def validators():
    schemas = {path.stem: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    definitions = schemas.pop("common")["$defs"]
    made = {}
    for name, schema in schemas.items():
        schema = inline(schema, definitions)
        jsonschema.Draft202012Validator.check_schema(schema)
        made[name] = jsonschema.Draft202012Validator(schema)
    return made


class Checker:
    def __init__(self):
        self.validators = validators()
        self.requests = {}
        self.turned_away = set()
        self.seen = Counter()
        self.known_good = set()
        self.errors = []

    def against(self, name, body):
        if name not in self.validators:
            self.errors.append(f"no schema {name}.json for {json.dumps(body)[:200]}")
            return
        key = (name, json.dumps(body, sort_keys=True))
        if key in self.known_good:
            return
        error = jsonschema.exceptions.best_match(self.validators[name].iter_errors(body))
        if error is None:
            self.known_good.add(key)
        else:
            where = "/".join(str(part) for part in error.absolute_path)
            self.errors.append(f"{name}.json: {where or '(top)'}: {error.message[:300]}")

    def note_request(self, line):
        if line["kind"] == "request":
            self.requests[line["correlation"]] = line["body"].get("name")
        elif line["kind"] in ("reply", "refused") and line["body"].get("code") in ("malformed", "unknown_request"):
            self.turned_away.add(line["correlation"])  # a test's bad request: the core saw what the schema sees

    def check(self, line):
        kind, body = line["kind"], line["body"]
        self.seen[kind] += 1
        if kind == "published":
            word = line["topic"].split(".")[0]
            if word not in MADE_UP_WORDS:
                self.against(f"published.{word}", body)
            return
        if kind == "request" and line["correlation"] in self.turned_away:
            self.seen["request turned away as malformed"] += 1
            return
        self.against(kind, body)
        if kind == "request" and body.get("name") not in MADE_UP:
            self.against(f"request.{body.get('name')}", body.get("body"))
        elif kind == "event" and body.get("name") not in MADE_UP:
            self.against(f"event.{body.get('name')}", body.get("body"))
        elif kind == "notice":
            name = f"notice.{body.get('name')}"
            self.against(name if name in self.validators else "notice.service", body.get("body"))
        elif kind == "reply" and body.get("ok"):
            asked = self.requests.get(line["correlation"])
            if asked is not None and asked not in MADE_UP:
                self.against("answer." + self.answer_to(asked), body.get("body"))

    def answer_to(self, request):
        validator = self.validators.get(f"request.{request}")
        return validator.schema["x-answer"] if validator else request


def check_traces(folder):
    checker = Checker()
    traces = sorted(pathlib.Path(folder).glob("*.jsonl"))
    lines = []
    for trace in traces:
        for text in trace.read_text(errors="replace").splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                pass  # the last line of a process that was killed
        trace.unlink()
    for line in lines:
        checker.note_request(line)
    for line in lines:
        checker.check(line)
    for error, count in Counter(checker.errors).most_common(30):
        print(f"error: {count} x {error}")
    total = sum(checker.seen.values())
    kinds = ", ".join(f"{kind} {count}" for kind, count in checker.seen.most_common())
    print(f"[  FIGURE  ] bus: messages of the test run that satisfy their schema = {total - len(checker.errors)} of "
          f"{total} from {len(traces)} processes (to reach: all)")
    print(kinds)
    return 1 if checker.errors or not total else 0


def self_test():
    """A wrong message of several kinds must be found, a right one not."""
    good = [{"kind": "ping", "correlation": "0", "body": {}},
            {"kind": "request", "correlation": "7", "body": {"name": "look", "body": {"id": "x"}}},
            {"kind": "reply", "correlation": "7", "body": {"ok": False, "code": "unknown_identifier", "text": "No."}}]
    bad = [{"kind": "ping", "correlation": "0", "body": {"x": 1}},
           {"kind": "request", "correlation": "8", "body": {"name": "look", "body": {}}},
           {"kind": "request", "correlation": "9", "body": {"name": "lokk", "body": {}}},
           {"kind": "reply", "correlation": "7", "body": {"ok": True, "body": {"state": "booked"}}},
           {"kind": "notice", "correlation": "0", "body": {"name": "offer", "body": {}}},
           {"kind": "published", "topic": "leg.connected", "number": 1, "body": {"phone": "1"}}]
    for line in good + bad:
        checker = Checker()
        checker.requests["7"] = "look"
        checker.check(line)
        if bool(checker.errors) != (line in bad):
            print(f"error: {json.dumps(line)} gave {checker.errors}")
            return 1
    return 0


sys.exit(self_test() if sys.argv[1] == "--self-test" else check_traces(sys.argv[1]))
