#!/usr/bin/env python3
# policy_template.py - a routing policy in Python: which agent gets a session, or what happens instead.
from convene_plugin import assign, more, run, wait


class PolicyTemplate:
    """Gives a session to whoever has been free longest and has the skill."""

    id = "policy_template"
    version = "0.1.0"
    summary = "Gives a session to whoever has been free longest and has the skill."
    config_schema = {
        "type": "object",
        "properties": {
            "skill": {"type": "string", "description": "An agent must have it; empty: everybody may"},
            "level": {"type": "integer", "minimum": 1, "maximum": 10, "description": "At least so well"},
        },
        "additionalProperties": False,
    }

    def __init__(self, settings):
        self.skill = settings.get("skill", "")
        self.level = settings.get("level", 1)

    def decide(self, request):
        """Candidates could all take the session now and come longest free first, page by page. Everything that counts is
        in `request`: the same question always gets the same answer."""
        for index, agent in enumerate(request.candidates):
            if self.may_take(request, agent):
                return assign(index, "free longest of those who may")
        if request.more:
            return more("nobody on this page")
        return wait("nobody who may is free")

    def may_take(self, request, agent):
        # A session that was promised to somebody is never given to anybody else.
        if request.wanted_agent:
            return agent.agent == request.wanted_agent
        return not self.skill or agent.skills.get(self.skill, 0) >= self.level


if __name__ == "__main__":
    run(PolicyTemplate)
