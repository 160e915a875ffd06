#!/usr/bin/env python3
# tests/check/offending_plugin.py - a plugin that is a command and keeps the contract, but for the one rule it is told to break.
"""offending_plugin.py BREED: "good" or "good_service", or what goes wrong. Needs pyzmq."""
import json
import os
import pathlib
import sys
import time

import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk" / "python"))
from convene_plugin import CALLS, E_UNSUPPORTED, assign, more, overflow, wait  # noqa: E402

breed = sys.argv[1]
SERVICES = ("good_service", "wrong_effects", "odd_effects", "not_json", "unversioned", "forgets_steps", "many_effects",
            "ends_on_unknown", "trusts_state", "off_schema", "huge_state")
HELLO = {"versions": [1], "id": "offending_plugin", "version": "1.0.0", "summary": "Breaks one rule.",
         "offers": ["convene.service/1" if breed in SERVICES else "convene.routing/1"],
         "config_schema": json.dumps({"type": "object", "additionalProperties": breed == "loose_schema",
                                      "properties": {"level": {"type": "integer", "minimum": 1, "maximum": 10}}})}
if breed in ("trusts_state", "off_schema", "huge_state"):
    HELLO["state_version"] = 1
if breed == "off_schema":
    HELLO["state_schema"] = json.dumps({"type": "object", "required": ["v"]})
HELLO.update({
    "old_wire": {"versions": [0]}, "bad_id": {"id": "Not An Id"}, "bad_version": {"version": "one"},
    "long_summary": {"summary": "x" * 600}, "offers_nothing": {"offers": ["convene.dancing/1"]},
    "bad_schema": {"config_schema": "{"}, "two_faces": {"version": f"1.0.{os.getpid()}"},
}.get(breed, {}))

calls = 0
seen = []
kept = []
poisoned = False
zone = time.strftime("%z")


class Plugin:
    """Gives sessions to the first candidate."""

    @staticmethod
    def decide(request):
        global poisoned
        vip = request.wanted_agent == "zoe"  # asked for on every ordinary day
        if breed == "raises" and vip:
            raise KeyError("zoe")
        if breed == "dies" and vip:
            sys.exit(3)
        if breed == "late" and vip:
            time.sleep(0.03)
        if breed == "slow_with_many" and len(request.candidates) == 64:
            time.sleep(0.03)
        if breed == "slows_down":
            time.sleep(min(calls / 200_000, 0.01))
        if breed == "leaks":
            kept.append("x" * 8192 + str(calls))
        if breed == "needs_somebody":
            os.abort() if not request.candidates else None
        if breed == "indexes_level" and any(level > 1000 for one in request.candidates for level in one.skills.values()):
            os.abort()
        if breed == "divides_time" and not isinstance(request.now_ms, int):
            os.abort()  # beyond 2^53 a number crosses as a text
        if breed == "bounded_table" and 100 < len(request.candidates) <= 256:
            os.abort()
        if breed == "small_reader" and len(request.candidates) > 1000:
            os.abort()
        if breed == "copies_names" and len(request.wanted_agent) > 64:
            os.abort()
        if breed == "poisoned":
            poisoned = poisoned or request.context == {"poison": 1}
        reason = {"counts": f"call {calls}", "numbered": f"process {os.getpid()}", "remembers": f"after {last(request)}",
                  "sees_the_zone": f"zone {zone}", "no_reason": "", "long_reason": "x" * 2000,
                  "poisoned": "poisoned" if poisoned else "first"}.get(breed, "first")
        if breed == "no_pool" and vip:
            return overflow("", reason)
        if breed == "no_action" and vip:
            return {"action": 77, "reason": reason}
        if breed == "more_without_more" and not request.more:
            return more(reason)
        if not request.candidates:
            return wait(reason)
        return assign(len(request.candidates) if breed == "index_beyond" else 0, reason)

    @staticmethod
    def outcome(told):
        if breed == "bad_outcome" and told.outcome not in (1, 2, 3, 4):
            os.abort()

    @staticmethod
    def step(session, state, event, effects):
        if breed == "wrong_effects":
            effects.set_timer(99, 1)
        if breed == "odd_effects":
            effects.dance("tango")
        if breed == "not_json":
            effects.notify(0, "hello", "{'x':1}")
        if breed == "many_effects":
            for _ in range(70):
                effects.stop_search()
        if breed in ("unversioned", "trusts_state"):
            effects.save_state('{"v":1}')
        if breed == "off_schema":
            effects.save_state('{"w":1}')
        if breed == "huge_state":
            effects.save_state('"' + "x" * 70_000 + '"')
        if breed == "trusts_state" and state and not str(state).startswith("{"):
            os.abort()
        if breed == "ends_on_unknown" and event.kind > 9:
            effects.end(1, "unknown")
        if breed == "forgets_steps":
            seen.append(event.kind)
            if seen[0] > 2:  # works only where it has seen the story begin
                effects.stop_search()
                return
        effects.add_customer()


def last(request):
    """The question before this one, unless it is asked twice in a row."""
    now = (len(request.candidates), json.dumps(request.context, sort_keys=True), request.wanted_agent, request.page)
    if not seen or seen[-1] != now:
        seen.append(now)
    return hash(seen[-2][:2]) % 1000 if len(seen) > 1 else 0


def answer(call):
    """The body of the answer to a call."""
    name = call.get("name")
    if breed == "unsupporting":
        return {"status": E_UNSUPPORTED, "why": "this plugin offers nothing"}
    if breed == "strict" and "of_a_newer_node" in call:
        sys.exit("what is of_a_newer_node?")
    offered = name in ("step",) if breed in SERVICES else name in ("decide", "outcome")
    if not offered and breed != "yes_man":
        return {"status": E_UNSUPPORTED, "why": f"this plugin does not offer {name}"}
    if not offered:
        return {"status": 0}
    if breed == "fails_silently" and call.get("request", {}).get("wanted_agent") == "zoe":
        return {"status": -1}
    if breed == "bad_status":
        return {"status": 7}
    if breed == "trusts_context" and call.get("request", {}).get("context") == "[]":
        os.abort()
    try:
        return {"status": 0, **CALLS[name](Plugin, call)}
    except Exception as error:  # pylint: disable=broad-except
        return {"status": -5, "why": f"{type(error).__name__}: {error}"}


socket = zmq.Context.instance().socket(zmq.PAIR)
socket.linger = 500
socket.connect(os.environ["CONVENE_HOST_ENDPOINT"])


def say(kind, body, correlation=bytes(8)):
    socket.send_multipart([b"CH1" + kind, correlation, json.dumps(body, ensure_ascii=False).encode()])


if breed == "mute":
    time.sleep(60)
if breed == "ready_first":
    say(b"Y", {})
say(b"H", HELLO)
while True:
    frames = socket.recv_multipart()
    if breed == "stuck" and len(frames) != 3:
        time.sleep(60)
    head, correlation, body = frames
    if head == b"CH1W":
        if breed == "refuser":
            say(b"X", {"code": "cannot_start", "text": "the settings lack a mood; add one"})
            sys.exit(1)
        if breed == "picky" and json.loads(json.loads(body)["config"]).get("level") == 10:
            say(b"X", {"code": "cannot_start", "text": ""})
            sys.exit(1)
        if breed == "slow_start":
            time.sleep(2.6)
        say(b"Y" if breed != "never_ready" else b"O", {})
    elif head == b"CH1Q":
        calls += 1
        if breed == "bad_log":
            say(b"L", {"level": 99, "id": "Not An Id", "message": "hello"})
        waiting = [(correlation, body)]
        while breed == "disorderly" and socket.poll(5) and len(waiting) < 16:
            more_frames = socket.recv_multipart()
            if more_frames[0] != b"CH1Q":
                say(b"O", {}, more_frames[1])
                break
            waiting.append((more_frames[1], more_frames[2]))
        for number, asked in reversed(waiting):
            said = answer(json.loads(asked))
            say(b"R", said, number)
            if breed == "twice":
                say(b"R", said, number)
    elif head == b"CH1P" and breed != "deaf":
        say(b"O", {}, correlation)
    elif head == b"CH1G" and breed != "stays":
        sys.exit(7 if breed == "rude" else 0)
