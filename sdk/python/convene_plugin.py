# convene_plugin.py - a routing policy or a service in Python: a class, and run(). Needs pyzmq (Debian: python3-zmq).
"""Speaks the wire of sdk/host/WIRE.md, so that a plugin is only its rules:

    from convene_plugin import assign, run, wait

    class LongestIdle:
        id, version, summary = "policy_longest_idle", "1.0.0", "Gives the longest idle agent first."

        def decide(self, request):
            if not request.candidates:
                return wait("everybody is busy")
            return assign(0, "free longest")

    if __name__ == "__main__":
        run(LongestIdle)

A class with `decide` is a routing policy, one with `step` a service, one with `frame` a channel; `outcome` may go with
`decide`. It may have `config_schema` and `state_schema` (JSON Schema as a dict) and `state_version`, and is made with its
settings as a dict when its constructor takes an argument. Raise Failure("what to do about it") where it cannot: the host
then asks the flow's fallback. Numbers mean what the C header of the same name says.
"""
import inspect
import json
import os
import sys
from types import SimpleNamespace

WIRE_VERSION = 1
MAGIC = b"CH1"
ASSIGN, WAIT, OVERFLOW, MORE = 1, 2, 3, 4
CUSTOMER, AGENT, SUPERVISOR, AUTOMATON = 1, 2, 3, 4
CREATED, ARRIVED, DUE, LEG, ACCEPTED, MISSED, NO_AGENT, TIMER, REQUEST = range(1, 10)
INVITED, LEG_ACCEPTED, CONNECTING, CONNECTED, DEGRADED, LEFT, DECLINED, EXPIRED, FAILED = range(1, 10)
COMPLETED, RETIMED, CANCELLED, END_DECLINED, ESCALATED = range(1, 6)
JOINED, GONE, FRAME = 1, 2, 3
TO_ALL, TO_OTHERS, TO_SENDER = 1, 2, 3
E_FAILED, E_UNSUPPORTED, E_THROWN = -1, -3, -5
OFFERS = {"decide": "convene.routing/1", "step": "convene.service/1", "frame": "convene.channel/1"}


class Failure(Exception):
    """What a plugin raises when it cannot: one sentence that names the remedy."""


def assign(index, reason, scores=None):
    """Candidate `index` gets an offer. The reason stands in the decision log: no personal data. So do the scores: whole
    numbers of the policy's own, the greater the better, by place on the page; None for whoever has none."""
    return {"action": ASSIGN, "index": index, "reason": reason, **({"scores": scores} if scores else {})}


def wait(reason, until_ms=0):
    """Ask again when anything changes, or at `until_ms`."""
    return {"action": WAIT, "until_ms": until_ms, "reason": reason}


def overflow(pool, reason):
    """Go on with `pool`."""
    return {"action": OVERFLOW, "pool": pool, "reason": reason}


def more(reason=""):
    """Show the next page of candidates. Only where request.more is not 0."""
    return {"action": MORE, "reason": reason}


class Effects:
    """What shall happen after a step or a frame, in this order: effects.find_agent("", "anna"), ... The calls are those
    of convene_service_effects and convene_channel_effects, with their arguments; `list` holds what was asked for."""

    def __init__(self):
        self.list = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.list.append([name, *arguments])


def is_name(name):
    """Whether an effect takes it as the name of an agent, a pool or a channel: at most 128 bytes."""
    return len(name.encode()) <= 128


def candidate(agent, **skills):
    """A candidate as a host shows it, for tests."""
    return SimpleNamespace(agent=agent, skills=skills, sessions=0, capacity=1, missed=0, idle_since_ms=0)


def request(candidates=(), **fields):
    """A question as a host asks it, for tests: request([candidate("anna", fr=8)], context={"lang": "fr"})."""
    asked = {"page": 0, "more": 0, "attempt": 0, "session": 7, "flow": "flow", "pool": "pool", "context": {},
             "wanted_agent": "", "now_ms": 1_000_000, "waiting_since_ms": 1_000_000, **fields}
    return SimpleNamespace(candidates=list(candidates), **asked)


def parsed(text):
    """JSON that crossed as text; what is not an object counts as an empty one."""
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = {}
    return value if isinstance(value, dict) else {}


def decide(plugin, call):
    asked = call["request"]
    candidates = [SimpleNamespace(**{**one, "skills": dict(one["skills"])}) for one in asked["candidates"]]
    return plugin.decide(SimpleNamespace(**{**asked, "context": parsed(asked["context"]), "candidates": candidates}))


def outcome(plugin, call):
    if hasattr(plugin, "outcome"):
        plugin.outcome(SimpleNamespace(**call["outcome"]))
    return {}


def step(plugin, call):
    session, event, effects = call["session"], call["event"], Effects()
    legs = [SimpleNamespace(**leg) for leg in session["legs"]]
    session = {**session, "legs": legs, "settings": parsed(session["settings"]), "context": parsed(session["context"])}
    event = {**event, "detail": parsed(event["detail"])}
    plugin.step(SimpleNamespace(**session), call["state"], SimpleNamespace(**event), effects)
    return {"effects": effects.list}


def frame(plugin, call):
    effects = Effects()
    plugin.frame(SimpleNamespace(**{**call["input"], "settings": parsed(call["input"]["settings"])}), effects)
    return {"effects": effects.list}


CALLS = {"decide": decide, "outcome": outcome, "step": step, "frame": frame}


def answer(plugin, body):
    """The body of the answer to a call; whatever the plugin raises becomes a status (law 4)."""
    call = json.loads(body)
    handler = CALLS.get(call["name"])
    if handler is None or not hasattr(plugin, call["name"]) and call["name"] != "outcome":
        return {"status": E_UNSUPPORTED, "why": "this plugin does not offer " + str(call["name"])}
    try:
        return {"status": 0, **handler(plugin, call)}
    except Failure as failure:
        return {"status": E_FAILED, "why": str(failure)}
    except Exception as error:  # pylint: disable=broad-except
        return {"status": E_THROWN, "why": f"{type(error).__name__}: {error}"}


def hello(plugin_class):
    """Who this plugin is and what it offers."""
    said = {
        "versions": [WIRE_VERSION],
        "id": plugin_class.id,
        "version": plugin_class.version,
        "summary": plugin_class.summary,
        "offers": [offer for name, offer in OFFERS.items() if hasattr(plugin_class, name)],
    }
    for name in ("config_schema", "state_schema"):
        if hasattr(plugin_class, name):
            said[name] = json.dumps(getattr(plugin_class, name), sort_keys=True)
    if hasattr(plugin_class, "state_version"):
        said["state_version"] = plugin_class.state_version
    return said


def make(plugin_class, config):
    takes_settings = plugin_class.__init__ is not object.__init__ and len(
        inspect.signature(plugin_class).parameters) > 0
    return plugin_class(parsed(config)) if takes_settings else plugin_class()


def run(plugin_class):
    """Speaks to the node until it says goodbye. Ends the program."""
    endpoint = os.environ.get("CONVENE_HOST_ENDPOINT")
    if not endpoint:
        sys.exit(f"{plugin_class.id} is a plugin of Convene: name this program as [plugin.{plugin_class.id}] command = "
                 '["python3", ...] in the configuration, and `convene serve` starts it')
    try:
        import zmq  # here, so that the rules can be tested where pyzmq is not installed
    except ImportError:
        sys.exit(f"{sys.executable} has no pyzmq: apt install python3-zmq gives it to /usr/bin/python3")

    socket = zmq.Context.instance().socket(zmq.PAIR)
    socket.linger = 500
    socket.connect(endpoint)

    def say(kind, body, correlation=bytes(8)):
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        socket.send_multipart([MAGIC + kind, correlation, text])

    say(b"H", hello(plugin_class))
    plugin = None
    while True:
        kind, correlation, body = socket.recv_multipart()
        if kind == MAGIC + b"Q":
            say(b"R", answer(plugin, body), correlation)
        elif kind == MAGIC + b"P":
            say(b"O", {}, correlation)
        elif kind == MAGIC + b"W":
            try:
                plugin = make(plugin_class, json.loads(body)["config"])
            except Exception as error:  # pylint: disable=broad-except
                say(b"X", {"code": "cannot_start", "text": str(error)})
                sys.exit(1)
            say(b"Y", {})
        elif kind in (MAGIC + b"G", MAGIC + b"X"):
            sys.exit(0 if kind == MAGIC + b"G" else "the node refused this plugin: " + body.decode())
