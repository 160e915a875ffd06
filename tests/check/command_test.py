#!/usr/bin/env python3
# tests/check/command_test.py - `convene check` as its user meets it: bad input, switches, reports for programs.
"""command_test.py CONVENE ZOO PLUGINS SOURCE"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema

CONVENE, ZOO, PLUGINS, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])


def check(*arguments, folder="/"):
    return subprocess.run([CONVENE, "check", *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=120,
                          check=False)


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="convene-check-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_says(self, done, code, *parts):
        said = done.stdout + done.stderr
        for part in parts:
            self.assertIn(part, said)
        self.assertEqual(done.returncode, code, said)

    def test_a_library_of_tomorrow_is_told_with_its_remedy(self):
        self.assert_says(check(ZOO / "newer_minor.so"), 1, "FAILED load.abi", "newer than this host's 1.0",
                         "remedy:  Build it with the headers")

    def test_a_truncated_library_is_told_with_its_remedy(self):
        cut = self.write("cut.so", (ZOO / "good.so").read_bytes()[:5000])
        self.assert_says(check(cut), 1, "FAILED load.elf", "is cut off; copy it again", "remedy:")

    def test_what_is_no_library_is_told_with_its_remedy(self):
        text = self.write("text.so", "#!/bin/sh\n")
        self.assert_says(check(text), 1, "FAILED load.elf", "is not an ELF library", "remedy:")
        self.assert_says(check(self.folder / "absent.so"), 1, "FAILED load.file", "build the plugin first")

    def test_settings_against_the_schema_are_told_with_their_remedy(self):
        config = self.write("bad.toml", "min_level = 99\n")
        self.assert_says(check(PLUGINS / "policy_skills.so", "--config", config), 1, "FAILED life.settings_fit",
                         "\"min_level\" must be at most 10", "remedy:")

    def test_a_library_that_others_may_write_is_told(self):
        shared = self.write("shared.so", (ZOO / "good.so").read_bytes())
        shared.chmod(0o666)
        self.assert_says(check(shared, "--level", "load"), 1, "FAILED load.rights", "chmod go-w")

    def test_cases_are_switched_off_with_a_reason(self):
        self.write("convene-check.toml", "[off]\n\"hostile.texts_end_at_a_wall\" = \"ours alone\"\n")
        done = check(ZOO / "overreads.so", "--case", "hostile.texts_end_at_a_wall", folder=self.folder)
        self.assert_says(done, 0, "0 failed, 1 skipped", "switched off: ours alone")

    def test_a_misspelt_switch_is_told_by_line(self):
        self.write("convene-check.toml", "[off]\n\n\"hostile.text_end_at_a_wall\" = \"x\"\n")
        self.assert_says(check(ZOO / "overreads.so", folder=self.folder), 2, "convene-check.toml:3:",
                         "did you mean 'hostile.texts_end_at_a_wall'?")
        self.write("convene-check.toml", "[off]\n\"life.starts\" = \"\"\n")
        self.assert_says(check(ZOO / "overreads.so", folder=self.folder), 2, "is off without a reason")

    def test_misspelt_cases_and_levels_are_told(self):
        self.assert_says(check(ZOO / "good.so", "--case", "life.start"), 64, "did you mean 'life.starts'?")
        self.assert_says(check(ZOO / "good.so", "--level", "liv"), 64, "no level 'liv'")
        self.assert_says(check(), 64, "name a library")

    def test_the_report_for_programs_fits_its_schema(self):
        schema = json.loads((SOURCE / "core/check/report.schema.json").read_text())
        for library in ("overreads.so", "newer_minor.so", "rarely_crashes.so"):
            done = check(ZOO / library, "--level", "load", "--level", "hostile", "--level", "fuzz", "--json")
            self.assertEqual(done.returncode, 1, done.stderr)
            jsonschema.Draft202012Validator(schema).validate(json.loads(done.stdout))

    def test_a_plugin_that_is_a_command_is_checked(self):
        program = SOURCE / "examples/policy_in_python/policy_weighted.py"
        gates = ["--case", "load.says_hello", "--case", "life.keeps_the_wire"]
        python = SOURCE / "sdk/python"  # what it imports: a command reads what its words name
        self.assert_says(check("plugin", *gates, "--", sys.executable, program, python), 0, "policy_weighted 1.0.0", "2 passed, 0 failed")
        offender = [sys.executable, SOURCE / "tests/check/offending_plugin.py"]
        self.assert_says(check("plugin", "--level", "load", "--", *offender, "old_wire", python), 1, "FAILED load.speaks_the_wire",
                         "remedy:", "again:   convene check plugin --case load.speaks_the_wire -- ")
        self.assert_says(check("plugin", "--level", "load", "--plugin", "another", "--", *offender, "good", python), 1,
                         "calls itself \"offending_plugin\" where \"another\" was asked for")
        self.assert_says(check("plugin", "--level", "load", "--", "/no/such/program"), 1, "FAILED load.says_hello",
                         "No such file or directory")

    def test_all_cases_are_listed(self):
        done = check("--list")
        self.assertGreaterEqual(done.stdout.count("\n| `"), 100)


unittest.main(argv=sys.argv[:1])
