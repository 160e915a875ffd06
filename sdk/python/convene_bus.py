# convene_bus.py - an adapter in Python: the command bus and the event bus. Needs pyzmq (Debian: python3-zmq).
"""Speaks the buses of sdk/bus/README.md, so that an adapter is only what it bridges:

    from convene_bus import Bus

    bus = Bus(kind="records")

    @bus.request("look_up")
    def look_up(body, idempotency_key):
        return {"known": False}

    bus.run()

`convene serve` starts the program and says in its environment where the buses are. A handler answers by returning a dict,
or refuses by raising Refused(code, text). A request that comes again, by its id or by its idempotency key, is answered from
memory: the handler does not run twice. Everything runs on one thread; nothing that a handler does may take long.
"""
import json
import os
import random
import signal
import struct
import sys
import time
from collections import OrderedDict

try:
    import zmq
except ImportError:  # an operator reads this in the node's log
    sys.exit(f"level=error {sys.executable} has no pyzmq: apt install python3-zmq gives it to /usr/bin/python3")

BUS_VERSION = 1
MAGIC = b"CV1"
REMEMBERED = 1024  # answers kept for requests that are repeated
HELLO_S = 2.0  # a welcome is due within
DEADLINE_S = 5.0  # of our own requests
FIRST_REPEAT_S, LAST_REPEAT_S = 0.25, 4.0  # of what is not answered or acknowledged yet


class Refused(Exception):
    """A request that cannot be done: a code for programs, a sentence for people."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


def say(level, sentence):
    """A line on standard error: `convene serve` takes it into its log at this level (debug, info, warning, error)."""
    print(f"level={level} {sentence}", file=sys.stderr, flush=True)


class Repeater:
    """When to send again: after 250 ms, doubling to 4 s."""

    def __init__(self, now):
        self.at, self.pause = now, FIRST_REPEAT_S

    def due(self, now):
        if now < self.at:
            return False
        self.at, self.pause = now + self.pause, min(self.pause * 2, LAST_REPEAT_S)
        return True


class Leg:
    """Our end of one leg: the newest message of either side counts, and is repeated until the other has it (claim 19)."""

    def __init__(self, number):
        self.number, self.epoch, self.sent, self.acked, self.received = number, 0, 0, 0, 0
        self.report, self.repeater = None, None


class Bus:  # pylint: disable=too-many-instance-attributes
    """One adapter on the buses. `kind` is that of [adapter.NAME]: proxy, records or gateway."""

    def __init__(self, kind, capabilities=(), environment=os.environ):
        self.kind, self.capabilities = kind, list(capabilities)
        try:
            self.endpoint = environment["CONVENE_BUS"]
        except KeyError:
            sys.exit("This is an adapter of Convene: name it as [adapter.NAME] command = [...] in the configuration, and "
                     "`convene serve` starts it; by hand it needs CONVENE_BUS and CONVENE_NAME.")
        self.events_endpoint = environment.get("CONVENE_EVENTS", "")
        self.name = environment.get("CONVENE_NAME", kind)
        self.keys = {key: environment.get("CONVENE_" + key.upper(), "")
                     for key in ("server_key", "public_key", "secret_key")}
        self.settings, self.instance = {}, ""
        self.handlers, self.event_handlers = {}, {}
        self.on_welcome = self.on_notice = self.on_join = self.on_leave = lambda *_: None
        self.on_gap, self.on_idle = lambda word: None, lambda: None
        self.poller, self.socket, self.subscriber = zmq.Poller(), None, None
        self.up, self.ending, self.attempts = False, False, 0
        self.next_id = random.SystemRandom().getrandbits(62)
        self.waiting, self.answers, self.done = {}, OrderedDict(), OrderedDict()
        self.legs, self.numbers, self.core_of_events = {}, {}, ""
        self.heard = self.ping_at = self.greeted = self.retry_at = 0.0
        self.heartbeat = 1.0

    # What an adapter says and hears ---------------------------------------------------------------------------------

    def request(self, name):
        """Decorator: answers requests of this name, with (body, idempotency_key)."""
        return lambda handler: self.handlers.setdefault(name, handler)

    def event(self, word):
        """Decorator: hears all events of a first word ("session"), with (topic, body)."""
        return lambda handler: self.event_handlers.setdefault(word, handler)

    def ask(self, name, body, answered=lambda ok, body: None, idempotency_key=""):
        """Asks the core, and again until it answers or DEADLINE_S has passed; then answered(ok, body or refusal)."""
        self.next_id += 1
        message = {"name": name, "deadline_ms": int(DEADLINE_S * 1000), "body": body}
        if idempotency_key:
            message["idempotency_key"] = idempotency_key
        now = time.monotonic()
        self.waiting[self.next_id] = (message, answered, now + DEADLINE_S, Repeater(now))

    def report(self, event, body):
        """Says that something happened outside: report("agent_state", {"agent": "anna", "state": "paused"})."""
        self._send(b"E", {"name": event, "body": body})

    def leg_is(self, leg, state, channels=(), reason=""):
        """Says what has become of a leg that we carry: "connected", "left", ...; repeated until the core knows."""
        mine = self.legs.setdefault(leg, Leg(leg))
        mine.sent += 1
        mine.report = {"state": state, "channels": list(channels), "reason": reason}
        mine.repeater = Repeater(time.monotonic())

    def run(self):
        """Until SIGTERM or SIGINT; reconnects by itself."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "ending", True))
        if self.event_handlers and self.events_endpoint:
            self._subscribe()
        while not self.ending:
            self._timers(time.monotonic())
            if self.up:
                self.on_idle()
            for socket, _ in self.poller.poll(50):
                self._receive(socket)
        if self.up:
            self._send(b"G", {"reason": "ending"})
        self._close(linger=200)

    def snapshot(self, topics, taken):
        """Asks for everything live, page by page; then taken(pages), a list of snapshot bodies, or taken(None)."""
        pages = []

        def page(ok, body):
            if not ok:
                return taken(None)
            pages.append(body)
            if "next" in body:
                return self.ask("snapshot", {"topics": topics, "after": body["next"]}, page)
            return taken(pages)

        self.ask("snapshot", {"topics": topics}, page)

    # The command bus ------------------------------------------------------------------------------------------------

    def _open(self, kind, endpoint):
        socket = zmq.Context.instance().socket(kind)
        socket.linger, socket.sndhwm, socket.rcvhwm = 0, 10_000, 10_000
        if kind == zmq.DEALER:  # a lost connection is noticed here, and a new one begins with hello
            socket.reconnect_ivl = -1
        if self.keys["server_key"]:
            socket.curve_serverkey = self.keys["server_key"].encode()
            socket.curve_publickey = self.keys["public_key"].encode()
            socket.curve_secretkey = self.keys["secret_key"].encode()
        socket.connect(endpoint)
        self.poller.register(socket, zmq.POLLIN)
        return socket

    def _connect(self, now):
        self.socket = self._open(zmq.DEALER, self.endpoint)
        self.heard = now
        self._greet(now)

    def _greet(self, now):
        self.greeted, self.up = now, False
        self._send(b"H", {"name": self.name, "kind": self.kind, "versions": [BUS_VERSION],
                          "capabilities": self.capabilities})

    def _close(self, linger=0):
        if self.socket is not None:
            self.poller.unregister(self.socket)
            self.socket.close(linger)
        self.socket, self.up = None, False

    def _lose(self, why, now):
        if self.up:
            say("warning", "bus lost: " + why)
        self._close()
        self.attempts += 1
        self.retry_at = now + random.uniform(0.1, min(0.1 * 2**self.attempts, 2.0))

    def _send(self, kind, body, correlation=0):
        if self.socket is None:
            return
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            self.socket.send_multipart([MAGIC + kind, struct.pack(">Q", correlation), text], zmq.NOBLOCK)
        except zmq.Again:  # nobody reads: a new connection is made, and what counts is repeated on it
            self._lose("unreachable", time.monotonic())

    def _timers(self, now):
        if self.socket is None:
            if now >= self.retry_at:
                self._connect(now)
            return
        if not self.up:
            if now - self.greeted > HELLO_S:
                self._lose("no welcome", now)
            return
        if now - self.heard > 3 * self.heartbeat:
            return self._lose("silent", now)
        if now >= self.ping_at:
            self.ping_at = now + self.heartbeat
            self._send(b"P", {})
        for number, (message, answered, deadline, repeater) in list(self.waiting.items()):
            if now >= deadline:
                del self.waiting[number]
                answered(False, {"code": "deadline", "text": "The core did not answer in time."})
            elif repeater.due(now):
                self._send(b"Q", message, number)
        for leg in list(self.legs.values()):
            if leg.report and leg.acked < leg.sent and leg.repeater.due(now):
                self._send_leg(leg, leg.sent)

    def _receive(self, socket):
        try:
            frames = socket.recv_multipart(zmq.NOBLOCK)
        except zmq.ZMQError:
            return
        if len(frames) != 3 or len(frames[1]) != 8:
            return
        number = struct.unpack(">Q", frames[1])[0]
        try:
            self._take(socket, frames[0], number, json.loads(frames[2]))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            # No message of ours, or of a later version: it counts as not received.
            say("warning", f"a message was not understood: {type(error).__name__}")

    def _take(self, socket, first, number, body):
        if not isinstance(body, dict):
            raise TypeError
        if socket is self.subscriber:
            return self._take_event(first.decode(), number, body)
        self.heard = time.monotonic()
        take = {b"W": self._welcome, b"Q": self._asked, b"R": self._reply, b"N": self._notice, b"L": self._leg,
                b"X": self._refused}.get(first[3:])
        if first == MAGIC + b"P":
            self._send(b"O", {}, number)
        elif first == MAGIC + b"G":
            self._lose("goodbye", self.heard)
        elif take and first[:3] == MAGIC:
            take(number, body)
        return None

    def _welcome(self, _, body):
        instance, heartbeat, settings = body["instance"], body["heartbeat_ms"] / 1000, body["config"].get("settings", {})
        renewed = instance != self.instance
        self.instance, self.heartbeat, self.settings = instance, heartbeat, settings
        self.up, self.attempts, self.ping_at = True, 0, self.heard + self.heartbeat
        for message, _, _, repeater in self.waiting.values():
            repeater.at = self.heard
        if renewed:  # a core that was restarted is told our state again
            for leg in self.legs.values():
                leg.acked, leg.repeater = min(leg.acked, leg.sent - 1), Repeater(self.heard)
        self.on_welcome(self.settings, renewed)

    def _refused(self, number, body):
        if body.get("code") == "hello_first":
            self._greet(self.heard)
        elif number in self.waiting:
            self.waiting.pop(number)[1](False, body)
        elif not self.up:
            say("error", f"refused: {body.get('code')}: {body.get('text')}")
            self._lose("refused", self.heard)

    def _reply(self, number, body):
        if number in self.waiting:
            self.waiting.pop(number)[1](body["ok"], body["body"] if body["ok"] else body)

    def _asked(self, number, body):
        key = body.get("idempotency_key") or None
        known = self.answers.get(number) or (key and self.done.get((body["name"], key)))
        if not known:
            known = self._handle(body["name"], body.get("body", {}), key or "")
            if key and known["ok"]:
                self.done[(body["name"], key)] = known
        self.answers[number] = known
        for memory in (self.answers, self.done):
            while len(memory) > REMEMBERED:
                memory.popitem(last=False)
        self._send(b"R", known, number)

    def _handle(self, name, body, key):
        handler = self.handlers.get(name)
        if handler is None:
            return {"ok": False, "code": "unknown_request", "text": "This adapter does not answer that request."}
        try:
            return {"ok": True, "body": handler(body, key) or {}}
        except Refused as refusal:
            return {"ok": False, "code": refusal.code, "text": refusal.text}
        except Exception as error:  # pylint: disable=broad-except
            say("error", f"{name} failed: {type(error).__name__}")  # no data of customers
            return {"ok": False, "code": "failed", "text": "The adapter could not do it; its log says why."}

    def _notice(self, _, body):
        self.on_notice(body["name"], body["body"])

    # Legs -----------------------------------------------------------------------------------------------------------

    def _leg(self, _, body):
        leg = self.legs.setdefault(body["leg"], Leg(body["leg"]))
        if body["ack"] > leg.sent:  # a former life of this program got further
            leg.sent = leg.acked = body["ack"]
            if leg.report:
                leg.sent += 1
        leg.acked = max(leg.acked, min(body["ack"], leg.sent))
        if body["seq"] == 0:
            return
        newer = body["seq"] > leg.received
        leg.received = max(leg.received, body["seq"])
        if newer and body["join"]:
            leg.epoch = body["details"]["epoch"]
            self.on_join(leg.number, body["endpoint"], body["details"])
        elif newer:
            self.on_leave(leg.number, body["reason"])
        if leg.report is None or leg.acked == leg.sent:
            self._send_leg(leg, 0)

    def _send_leg(self, leg, seq):
        says = {"epoch": leg.epoch, **leg.report} if seq > 0 else {}  # the number 0 only acknowledges
        self._send(b"L", {"leg": leg.number, "seq": seq, "ack": leg.received, **says})

    def forget(self, leg):
        """The leg is over and the core knows it."""
        self.legs.pop(leg, None)

    # The event bus --------------------------------------------------------------------------------------------------

    def _subscribe(self):
        self.subscriber = self._open(zmq.SUB, self.events_endpoint)
        for word in self.event_handlers:
            self.subscriber.subscribe(word + ".")
        self.subscriber.subscribe("beat")

    def _take_event(self, topic, number, body):
        if topic == "beat":  # names the newest number of every word: so a loss at the end is seen as well
            if body["instance"] != self.core_of_events:
                self.core_of_events, self.numbers = body["instance"], {}
            for word, newest in body["numbers"].items():
                if word in self.event_handlers and newest > self.numbers.get(word, 0):
                    self._gap(word, newest)
            return
        word = topic.split(".")[0]
        if number <= self.numbers.get(word, 0):
            return
        if number != self.numbers.get(word, 0) + 1:
            self._gap(word, number - 1)
        self.numbers[word] = number
        self.event_handlers[word](topic, body)

    def _gap(self, word, newest):
        self.numbers[word] = newest
        self.on_gap(word)
