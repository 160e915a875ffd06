# tests/isolation/policy.py - a plugin that is a program: pyzmq and nothing else, checking the node against the schemas.
import base64
import json
import os
import pathlib
import sys

import zmq

HELLO = {"versions": [1], "id": "policy_in_python", "version": "1.0.0", "summary": "Answers in another language.",
         "offers": ["convene.routing/1", "convene.service/1"],
         "config_schema": json.dumps({"type": "object", "properties": {"word": {"type": "string"}}}), "state_version": 1}


def validators(folder):
    import jsonschema
    schemas = {path.stem: json.loads(path.read_text()) for path in pathlib.Path(folder).glob("plugin_host.*.json")}
    return {name.split(".", 1)[1]: jsonschema.Draft202012Validator(schema) for name, schema in schemas.items()}


class Line:
    def __init__(self):
        self.socket = zmq.Context().socket(zmq.PAIR)
        self.socket.setsockopt(zmq.LINGER, 1000)
        self.socket.connect(os.environ["CONVENE_HOST_ENDPOINT"])
        self.validators = validators(sys.argv[1])

    def check(self, kind, body):
        name = {"H": "hello", "W": "welcome", "Q": "call", "R": "answer", "L": "log"}.get(kind)
        if name:
            self.validators[name].validate(body)

    def send(self, kind, body, correlation=bytes(8)):
        self.check(kind, body)
        self.socket.send_multipart([b"CH1" + kind.encode(), correlation, json.dumps(body).encode()])

    def receive(self):
        head, correlation, body = self.socket.recv_multipart()
        assert head[:3] == b"CH1"
        body = json.loads(body)
        self.check(chr(head[3]), body)
        return chr(head[3]), correlation, body


def perform(call, config):
    if call["name"] == "decide":
        return {"status": 0, "action": 1, "reason": f"{config['word']}: {len(call['request']['candidates'])} candidate"}
    if call["name"] == "step":
        if json.loads(call["session"]["context"]).get("fail"):
            return {"status": -7, "why": "as you wish"}
        state = call["state"]
        if isinstance(state, dict):
            assert base64.b64decode(state["base64"]) == b"\xff\x01"
        return {"status": 0, "effects": [["add_customer"], ["notify", 1, "hello", "{}"], ["save_state", state]]}
    return {"status": 0}


def main():
    line = Line()
    line.send("H", HELLO)
    kind, _, welcome = line.receive()
    assert kind == "W", kind
    config = json.loads(welcome["config"])
    line.send("L", {"level": 1, "id": "policy_in_python.ready", "message": "checked against schemas"})
    line.send("Y", {})
    while True:
        kind, correlation, body = line.receive()
        if kind == "G":
            return
        if kind == "P":
            line.send("O", {}, correlation)
        elif kind == "Q":
            line.send("R", perform(body, config), correlation)


main()
