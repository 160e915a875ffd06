#!/usr/bin/env python3
# tests/pack/pack_test.py - what is installed is enough: every template is made, built, tested and checked from a prefix.
"""pack_test.py BUILD: installs BUILD into a temporary prefix, moves the prefix, and works only with that from then on, in
folders outside the sources, as an integrator would."""
import concurrent.futures
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
COMPILED = [("policy", "cpp")]  # in C, a service, a channel, an adapter: the guide's own pages do the same (tests/docs)
PYTHON = [("policy", "python"), ("service", "python"), ("adapter", "python")]


class Place:
    """The prefix, and an empty folder to work in."""

    root = prefix = None


def environment(**more):
    env = {**os.environ, "PATH": f"{Place.prefix}/bin:/usr/bin:/bin", "CMAKE_PREFIX_PATH": str(Place.prefix),
           "CMAKE_GENERATOR": "Ninja", "PYTHONDONTWRITEBYTECODE": "1", **more}
    if shutil.which("ccache"):
        env.update(CMAKE_CXX_COMPILER_LAUNCHER="ccache", CMAKE_C_COMPILER_LAUNCHER="ccache")
    return env


def run(*command, cwd=None, code=0, **more):
    """Runs to the end; the output. Fails with it when the exit code is another one."""
    done = subprocess.run([str(word) for word in command], cwd=cwd or Place.root, env=environment(**more), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=240)
    if code is not None and done.returncode != code:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def setUpModule():
    Place.root = pathlib.Path(tempfile.mkdtemp(prefix="convene-pack-"))
    Place.root.chmod(0o755)
    unittest.addModuleCleanup(shutil.rmtree, Place.root, ignore_errors=True)
    first = Place.root / "first"
    Place.prefix = first
    umask = os.umask(0o002)  # whoever installs may be careless
    try:
        run("/usr/bin/cmake", "--install", BUILD, "--prefix", first)
    finally:
        os.umask(umask)
    Place.prefix = Place.root / "moved"
    first.rename(Place.prefix)


class Prefix(unittest.TestCase):
    def test_holds_everything_that_is_promised(self):
        for name in ("bin/convene", "bin/convene-web", "bin/convene-host", "include/convene/abi.h", "include/convene/testing/routing.hpp",
                     "lib/convene/plugins/policy_longest_idle.so", "share/cmake/Convene/ConveneConfig.cmake",
                     "share/cmake/Convene/plugin.map", "share/pkgconfig/convene.pc", "share/convene/web/pages/talk.html",
                     "share/convene/web/client/convene.js", "share/convene/template/policy_cpp/policy_template.cpp",
                     "share/convene/python/convene_bus.py", "share/convene/schema/bus/hello.json",
                     "share/convene/schema/convene.schema.json", "share/convene/schema/convene-web.settings.json",
                     "share/convene/config/demo.toml", "share/convene/config/sim.toml", "share/convene/config/convene.service",
                     "share/doc/convene/LICENSE"):
            self.assertTrue((Place.prefix / name).exists(), name)

    def test_holds_no_headers_or_plugins_of_tests(self):
        self.assertEqual([], list(Place.prefix.rglob("*_test*")) and
                         [p for p in Place.prefix.rglob("*_test*") if "template" not in str(p)])
        self.assertFalse((Place.prefix / "lib/convene/plugins/good.so").exists())

    def test_nobody_else_may_write_where_plugins_lie(self):
        for path in [Place.prefix / "lib/convene/plugins", *(Place.prefix / "lib/convene/plugins").iterdir()]:
            self.assertEqual(0, path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH), path)

    def test_another_build_system_finds_it_by_pkg_config(self):
        env = {"PKG_CONFIG_PATH": str(Place.prefix / "share/pkgconfig")}
        flags = run("pkg-config", "--cflags", "convene", **env).split()
        linking = run("pkg-config", "--variable=plugin_flags", "convene", **env).split()
        source = Place.prefix / "share/convene/template/policy_c/policy_template.c"
        library = Place.root / "by_hand.so"
        run("gcc", "-std=c11", *flags, source, *linking, "-o", library)
        symbols = run("nm", "-D", "--defined-only", library).split("\n")
        self.assertEqual(["convene_entry_v1"], [line.split()[-1] for line in symbols if line])


class New(unittest.TestCase):
    def test_refuses_bad_names(self):
        for name in ("", "Big", "../x", "a b", "1st", "a-b", "x" * 64, "template", "a\nb", "policy_"):
            said = run("convene", "new", "policy", name, code=64)
            self.assertFalse((Place.root / ("policy_" + name)).exists(), name)
            self.assertIn("convene: ", said)

    def test_refuses_what_it_cannot_make(self):
        self.assertIn("policy, service, channel or adapter", run("convene", "new", "flow", "mine", code=64))
        self.assertIn("cpp, c, python", run("convene", "new", "policy", "mine", "--language", "rust", code=64))

    def test_refuses_a_folder_that_is_there(self):
        (Place.root / "policy_there").mkdir()
        (Place.root / "policy_there" / "kept").write_text("mine", encoding="utf-8")
        self.assertIn("is there already", run("convene", "new", "policy", "there", code=1))
        self.assertEqual(["kept"], os.listdir(Place.root / "policy_there"))

    def test_puts_the_name_everywhere(self):
        folder = Place.root / "named"
        folder.mkdir()
        run("convene", "new", "channel", "short_signals", "--into", folder)
        for path in (folder / "channel_short_signals").iterdir():
            self.assertNotIn("emplate", path.name)
            self.assertNotIn("emplate", path.read_text(encoding="utf-8"), path)
        toml = (folder / "channel_short_signals" / "example.toml").read_text(encoding="utf-8")
        self.assertIn('channels = ["chat", "short_signals"]', toml)


def make(kind, language):
    """A fresh folder of one template: made, and its example configuration checked once its plugin is where it belongs."""
    name = f"{kind}_of_{language}"
    run("convene", "new", kind, name, "--language", language)
    return Place.root / name, name


def build(kind, language):
    folder, name = make(kind, language)
    run("cmake", "-B", "build", cwd=folder)
    run("cmake", "--build", "build", cwd=folder)
    run("ctest", "--test-dir", "build", "--output-on-failure", cwd=folder)
    run("cmake", "--install", "build", cwd=folder)
    return folder, name


class Templates(unittest.TestCase):
    def test_in_compiled_languages_build_pass_their_tests_and_check(self):
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(2) as two:
            for folder, name in two.map(lambda one: build(*one), COMPILED):
                with self.subTest(name):
                    run("convene", "check", folder / "build" / "plugins" / (name + ".so"))
                    self.assertIn("good", run("convene", "config", "check", "example.toml", cwd=folder))
        print(f"[  FIGURE  ] Templates: {len(COMPILED)} of 5 made, built, tested, checked from an installed SDK = "
              f"{time.monotonic() - began:.0f} s (to reach: 20 s; the others: Docs)", flush=True)

    def test_in_python_pass_their_tests(self):
        for kind, language in PYTHON:
            with self.subTest(kind):
                folder, name = make(kind, language)
                run("/usr/bin/python3", "-m", "unittest", name + "_test", cwd=folder)
                self.assertIn("good", run("convene", "config", "check", "example.toml", cwd=folder))


if __name__ == "__main__":
    unittest.main()
