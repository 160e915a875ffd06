#!/usr/bin/env python3
# sdk/bus/make_messages.py - writes MESSAGES.md from the schemas; with --check it only says whether the page is current.
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ["hello", "welcome", "ping", "pong", "request", "reply", "event", "leg", "notice", "goodbye", "refused"]


def load():
    return {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "schema").glob("*.json"))}


def type_of(schema):
    """A few words for a field's type."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " \\| ".join(json.dumps(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return "list of " + type_of(schema.get("items", {}))
    if schema.get("type") == "object" and "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    kind = schema.get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else kind


def fields(schema):
    rows = []
    for name, field in schema.get("properties", {}).items():
        must = "yes" if name in schema.get("required", []) else ""
        bounds = [f"at most {field[key]}" for key in ("maxLength", "maxItems", "maximum") if key in field]
        note = "; ".join(filter(None, [field.get("description", ""), ", ".join(bounds)]))
        rows.append(f"| `{name}` | {type_of(field)} | {must} | {note} |")
    if not rows:
        return ["`{}`", ""]
    return ["| field | type | must | |", "| --- | --- | --- | --- |", *rows, ""]


def section(name, schema, level="##"):
    lines = [f"{level} {schema['title']}", "", schema["description"], ""]
    if "x-kind" in schema:
        lines[0] += f" (`{schema['x-kind']}`, from {schema['x-from']})"
    if "x-answer" in schema:
        lines += [f"Answered with [{schema['x-answer']}](#answer-{schema['x-answer']}).", ""]
    if "oneOf" in schema:
        for shape in schema["oneOf"]:
            lines += [shape.get("description", "One shape") + ":", "", *fields(shape)]
    elif "$ref" in schema:
        lines += [f"A `{type_of(schema)}` of the common parts.", ""]
    else:
        lines += fields(schema)
    return lines


def page(schemas):
    lines = ["<!-- Generated from schema/ by make_messages.py; do not edit. -->", "# Every message of the buses", ""]
    lines += ["[README.md](README.md) says how they belong together.", ""]
    for kind in KINDS:
        lines += section(kind, schemas[kind])
    for prefix, title in (("request.", "Requests to the core"), ("answer.", "Answers of the core"),
                          ("notice.", "Notices of the core"), ("event.", "Events of proxies"),
                          ("published.", "Published on the event bus"),
                          ("plugin_host.", "Between a node and a plugin's process (sdk/host/WIRE.md)")):
        lines += [f"# {title}", ""]
        for name, schema in schemas.items():
            if name.startswith(prefix):
                lines += section(name, schema)
    lines += ["# Common parts", "", "| name | type | |", "| --- | --- | --- |"]
    for name, schema in schemas["common"]["$defs"].items():
        lines.append(f"| `{name}` | {type_of(schema)} | {schema.get('description', '')} |")
    return "\n".join(lines) + "\n"


def main():
    target = HERE / "MESSAGES.md"
    text = page(load())
    if "--check" not in sys.argv:
        target.write_text(text)
        return 0
    if target.exists() and target.read_text() == text:
        return 0
    print("error: sdk/bus/MESSAGES.md is not what sdk/bus/make_messages.py writes; run it and commit the page")
    return 1


sys.exit(main())
