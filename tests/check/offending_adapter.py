#!/usr/bin/env python3
# tests/check/offending_adapter.py - an adapter that keeps the rules of the bus, but for the one it is told to break.
"""offending_adapter.py BREED: "good", or what goes wrong. Needs pyzmq."""
import json
import os
import pathlib
import signal
import struct
import sys
import time

import zmq

breed = sys.argv[1]
ending = False


def end(*_):
    global ending
    ending = True


if breed == "impatient":  # wants its core to be there before itself, however long Python takes to begin
    ticks = int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    began = time.time() - (float(pathlib.Path("/proc/uptime").read_text().split()[0]) - ticks)
    bus = pathlib.Path(os.environ["CONVENE_BUS"].removeprefix("ipc://"))
    if not bus.exists() or bus.stat().st_mtime > began + 0.3:
        sys.exit(3)
signal.signal(signal.SIGTERM, end if breed != "stays" else signal.SIG_IGN)


def connect():
    made = zmq.Context.instance().socket(zmq.DEALER)
    made.linger = 200
    made.reconnect_ivl = 100
    made.connect(os.environ["CONVENE_BUS"])
    return made


def send(kind, correlation, body):
    text = body if isinstance(body, str) else json.dumps(body)
    socket.send_multipart([b"CV1" + kind, struct.pack(">Q", correlation), text.encode()])


def hello():
    if breed == "mute":
        return
    name = "somebody" if breed == "nameless" else os.environ["CONVENE_NAME"]
    send(b"H", 0, {"name": name, "kind": "proxy", "versions": [1], "capabilities": []})
    if breed == "eager":
        send(b"P", 0, {})


def answer(correlation, request):
    refusal = {"ok": False, "code": "unknown_request", "text": "This adapter does not know it."}
    if breed == "lazy":
        return
    if breed == "yes_man":
        refusal = {"ok": True, "body": {}}
    if breed == "fickle":
        refusal["text"] += f" {time.monotonic_ns()}"
    if breed == "vague":
        refusal = {"ok": False, "why": "no"}
    send(b"R", correlation, refusal)
    if breed == "twice":
        send(b"R", correlation, refusal)
    if breed == "indiscreet":
        print(request, flush=True)


def take(frames):
    global heard, heartbeat, up
    if len(frames) != 3 or len(frames[0]) != 4 or frames[0][:3] != b"CV1" or len(frames[1]) != 8:
        if breed == "fragile":
            sys.exit(3)
        return
    kind, correlation = frames[0][3:], struct.unpack(">Q", frames[1])[0]
    try:
        body = json.loads(frames[2])
        assert isinstance(body, dict)
    except (ValueError, AssertionError, RecursionError):
        return
    heard = time.monotonic()
    if breed == "narrow" and kind in b"NRX" or breed == "strict" and "of_a_newer_core" in body:
        sys.exit(3)
    if breed == "settled" and kind == b"W" and up:
        sys.exit(3)
    if kind == b"W" and "heartbeat_ms" in body:
        heartbeat, up = body["heartbeat_ms"] / 1000, True
        attach(body["instance"])
    elif kind == b"P" and breed != "deaf":
        send(b"O", correlation, {})
    elif kind == b"Q" and isinstance(body.get("body"), dict):
        answer(correlation, body)
    elif kind == b"L" and body.get("seq") and breed != "careless":
        send(b"L", 0, {"leg": body["leg"], "seq": 1, "ack": body["seq"], "epoch": 0, "state": "declined", "reason": "test"})
    elif kind == b"X" and body.get("code") == "hello_first":
        begin_anew()
    elif kind == b"G" and breed == "offended":
        sys.exit(0)
    elif kind == b"G":
        begin_anew()


attached = set()


def attach(instance):
    if instance in attached or (breed == "forgetful" and attached):
        return
    attached.add(instance)
    send(b"Q", 70 + len(attached), {"name": "attach", "body": {"agent": "anna"}})


def begin_anew():
    global socket, heard, up
    if breed == "mayfly" and attached:
        sys.exit(3)
    socket.close()
    socket, heard, up = connect(), time.monotonic(), False
    hello()


socket, heard, heartbeat, up, pinged = connect(), time.monotonic(), 1.0, False, 0.0
hello()
while not ending:
    if socket.poll(50):
        while socket.poll(0):
            take(socket.recv_multipart())
    now = time.monotonic()
    if up and now - pinged >= heartbeat and breed != "silent":
        pinged = now
        send(b"P", 0, {})
        if breed == "chatty":
            for _ in range(20):
                send(b"E", 0, {"name": "agent_state", "body": {"agent": "anna", "state": "ready"}})
    if now - heard > (3 * heartbeat if up else 2) and breed != "patient" and not (breed == "shy" and not up):
        begin_anew()
if breed != "rude" and up:
    send(b"G", 0, {"reason": "ending"})
socket.close()
zmq.Context.instance().term()
sys.exit(1 if breed == "grumpy" else 0)
