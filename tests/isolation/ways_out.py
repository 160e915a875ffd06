# tests/isolation/ways_out.py - a plugin that is a program and tries every way out of its process; it prints what is open.
"""ways_out.py FOLDER-OF-convene_plugin as a plugin; ways_out.py --knock ENDPOINT tells by its exit code whether a bus lets
its caller in."""
import json
import os
import pathlib
import socket
import sys
import threading
import time

import zmq
from zmq.utils.monitor import recv_monitor_message


def knock(kind, endpoint, patience_s):
    """Whether whoever listens there takes us."""
    knocker = zmq.Context.instance().socket(kind)
    monitor = knocker.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH)
    knocker.connect(endpoint)
    answered = monitor.poll(int(patience_s * 1000)) != 0
    taken = answered and recv_monitor_message(monitor)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED
    knocker.close(linger=0)
    return taken


def read(path):
    with open(path, "rb") as file:
        file.read(1)


def append(path):
    with open(path, "ab") as file:
        file.write(b"x")


def fork():
    if os.fork() == 0:
        os._exit(0)


def ways_out(settings):
    for path in settings["hidden"]:
        yield f"read {path}", lambda path=path: read(path)
    for path in ("/tmp", "/root", "/home", "/var", "/proc"):
        yield f"list {path}", lambda path=path: os.listdir(path)
    here = pathlib.Path(__file__)
    for path in ("/tmp/convene-ways-out", here.parent / "convene-ways-out", here):
        yield f"write {path}", lambda path=path: append(path)
    yield "read the parent", lambda: read(f"/proc/{os.getppid()}/environ")
    yield "fork", fork
    yield "internet", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    yield "signal the parent", lambda: os.kill(os.getppid(), 0)


def needed():
    here = pathlib.Path(__file__)
    yield "itself", lambda: read(here)
    yield "what lies beside it", lambda: read(here.parent / "beside.txt")
    yield "its folder", lambda: os.listdir(here.parent)
    yield "the system", lambda: read("/etc/hosts")
    yield "its own folder to write in", lambda: append(pathlib.Path(os.environ["TMPDIR"]) / "x")


def works(way):
    try:
        way()
        return True
    except (OSError, PermissionError):
        return False


class WaysOut:
    """Answers nothing that matters."""

    id, version, summary = "ways_out", "1.0.0", "Tries every way out of its process."
    config_schema = {"type": "object", "properties": {"hidden": {"type": "array", "items": {"type": "string"}},
                                                      "command_bus": {"type": "string"},
                                                      "event_bus": {"type": "string"}}}

    def __init__(self, settings):
        threading.Thread(target=self.try_all, args=(settings,), daemon=True).start()

    def try_all(self, settings):
        ways = list(ways_out(settings))
        still = [name for name, way in ways if works(way)]
        lacking = [name for name, way in needed() if not works(way)]
        for kind, endpoint in ((zmq.DEALER, settings["command_bus"]), (zmq.SUB, settings["event_bus"])):
            while not os.path.exists(endpoint.removeprefix("ipc://")):
                time.sleep(0.01)
            if knock(kind, endpoint, 10):
                still.append(endpoint)
        print("WAYS " + json.dumps({"tried": len(ways) + 2, "open": still, "lacking": lacking}), flush=True)

    def decide(self, request):
        return wait("no matter")


if __name__ == "__main__":
    if sys.argv[1] == "--knock":
        sys.exit(0 if knock(zmq.DEALER, sys.argv[2], 10) else 1)
    sys.path.insert(0, sys.argv[1])
    from convene_plugin import run, wait

    run(WaysOut)
