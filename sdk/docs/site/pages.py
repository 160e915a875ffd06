# sdk/docs/site/pages.py - which pages there are: three readers, in the order in which each reads.
"""A page is (name in the site, title in the navigation, source). The source is a Markdown file of the repository, or a
function of reference.py that writes Markdown, given the built program. WRITTEN says where sources that are no Markdown went."""
import reference

WRITTEN = {"config/reference.toml": "operate/configuration.html",
           **{f"sdk/include/convene/{name}.h": f"write/headers.html#{name}h" for name in reference.HEADERS}}

PAGES = [
    ("write", "Write", "For those who write a policy, a service, a channel or an adapter", [
        ("policy", "A policy in ten minutes", "sdk/docs/policy.md"),
        ("service", "A service", "sdk/docs/service.md"),
        ("channel", "A channel", "sdk/docs/channel.md"),
        ("adapter", "An adapter", "sdk/docs/adapter.md"),
        ("other-languages", "In C, in Python", "sdk/docs/languages.md"),
        ("client", "The client in a web site", "sdk/web/README.md"),
        ("headers", "Reference: the boundary", reference.headers),
        ("bus", "Reference: the buses", "sdk/bus/README.md"),
        ("messages", "Reference: every message", "sdk/bus/MESSAGES.md"),
        ("wire", "Reference: the wire to a process", "sdk/host/WIRE.md"),
    ]),
    ("operate", "Operate", "For those who run a node", [
        ("install", "Install and start", "config/docs/install.md"),
        ("flows", "Flows", "config/docs/flows.md"),
        ("gateway", "The gateway", "config/docs/gateway.md"),
        ("plugins", "Plugins while the node runs", "config/docs/plugins.md"),
        ("explain", "What happened, and what would have", "config/docs/explain.md"),
        ("what-if", "Two agents fewer on Monday", "examples/what_if/README.md"),
        ("limits", "Limits", "config/docs/limits.md"),
        ("security", "Security", "config/docs/security.md"),
        ("log", "Reference: what the log says", "core/app/MESSAGES.md"),
        ("refusals", "Reference: every refusal", "core/app/REFUSALS.md"),
        ("configuration", "Reference: every key", reference.configuration),
        ("commands", "Reference: every command", reference.commands),
    ]),
    ("understand", "Understand", "For those who want to know why", [
        ("architecture", "Architecture", "core/docs/architecture.md"),
        ("state-machines", "State machines", "core/docs/state_machines.md"),
        ("why", "Why it is so", "core/docs/why.md"),
        ("engine", "The engine", "core/engine/README.md"),
        ("runtime", "The running node", "core/runtime/README.md"),
        ("host", "The host of plugins", "sdk/host/README.md"),
        ("isolation", "A process for a plugin", "sdk/host/isolation/README.md"),
        ("store", "The store", "core/store/README.md"),
        ("web", "Inside the gateway", "adapters/web/README.md"),
        ("simulator", "The simulator", "core/sim/README.md"),
    ]),
]
