#!/usr/bin/env python3
# examples/policy_in_python/policy_weighted.py - a routing policy in Python: every agent gets a score, the best one the session.
"""Needs pyzmq (Debian: python3-zmq) and sdk/python/convene_plugin.py, which speaks the wire to the node; no C++ at all.

The settings say which fields of the context name a skill, and what counts how much:

    [plugin.policy_weighted]
    command = ["python3", "examples/policy_in_python/policy_weighted.py", "sdk/python"]   # it reads what its words name
    [plugin.policy_weighted.settings]
    skills_from = ["product", "language"]
    weights = { level = 2, load = 5, missed = 10 }
"""
import pathlib
import sys

try:
    from convene_plugin import assign, more, run, wait
except ModuleNotFoundError:  # in the repository; `convene new` puts it beside the policy
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk" / "python"))
    from convene_plugin import assign, more, run, wait

NUMBER = {"type": "integer", "minimum": 0, "maximum": 1000}


class PolicyWeighted:
    """Levels of the skills that the context asks for, less load, less missed offers. Equal scores: longest free first."""

    id = "policy_weighted"
    version = "1.0.0"
    summary = "Weighs skills against load and missed offers."
    config_schema = {
        "type": "object",
        "properties": {
            "skills_from": {"type": "array", "items": {"type": "string"},
                            "description": "Fields of the context whose value names a skill"},
            "weights": {"type": "object", "properties": {"level": NUMBER, "load": NUMBER, "missed": NUMBER},
                        "additionalProperties": False},
        },
        "additionalProperties": False,
    }

    def __init__(self, settings):
        self.fields = settings.get("skills_from", [])
        self.weights = {"level": 2, "load": 5, "missed": 10, **settings.get("weights", {})}

    def decide(self, request):
        wanted = request.wanted_agent  # promised to somebody: never given to anybody else
        asked_for = [request.context.get(field) for field in self.fields]
        skills = [skill for skill in asked_for if isinstance(skill, str) and skill]
        best, scores = None, [None] * len(request.candidates)
        for index, agent in enumerate(request.candidates):
            if wanted and agent.agent != wanted:
                continue
            score = scores[index] = self.score(agent, skills)
            if best is None or score > best[0]:
                best = (score, index)
        if best is None:
            return more("nobody on this page") if request.more else wait("nobody who may is free")
        return assign(best[1], f"the best score of {len(request.candidates)}", scores)

    def score(self, agent, skills):
        """Whole numbers only: the same question gets the same answer on every machine."""
        level = sum(agent.skills.get(skill, 0) for skill in skills)
        load = 10 * agent.sessions // max(agent.capacity, 1)
        return self.weights["level"] * level - self.weights["load"] * load - self.weights["missed"] * agent.missed


if __name__ == "__main__":
    run(PolicyWeighted)
