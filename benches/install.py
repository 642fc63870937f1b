"""What has to be there before anything is measured: our worker, the peers in Rust, and a Python with the others."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from sides import REQUIRED, SCRATCH, SIDES, Problem, environment, pinned

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = HERE / "peers"

# Runs in the Python of the sides: this one may lack NumPy.
VERSIONS = """
import json, platform, sys
from importlib.metadata import version
import numpy
blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
versions = {"python": platform.python_version(), "blas": f"{blas['name']} {blas['version']}"}
print(json.dumps(versions | {package: version(package) for package in sys.argv[1:]}))
"""


def run(command, failure=None, cwd=ROOT, pin=None):
    """What a command writes to standard output; its errors go to ours."""
    command = [str(part) for part in command]
    failure = failure or f"`{' '.join(command)}` failed"
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=cwd, env=environment(), preexec_fn=pinned(pin))
    except OSError as error:
        raise Problem(f"{failure}: {error.strerror}") from error
    if done.returncode != 0:
        raise Problem(failure)
    return done.stdout


def build(package, *arguments):
    """Compiles a program and returns its path."""
    if not shutil.which("cargo"):
        raise Problem("there is no `cargo`: install Rust and try again")
    command = ["cargo", "build", "--locked", "--release", "-p", package, "--bin", package, *arguments]
    # Cargo itself says where the program is.
    messages = run([*command, "--message-format", "json-render-diagnostics"], f"cargo could not compile {package}")
    programs = [json.loads(line).get("executable") for line in messages.splitlines()]
    return next(filter(None, programs))


def commands(worker, data, wanted, python=None):
    """How to start each side that can be had, why the others cannot, and the Python of those in Python."""
    python, lacks = python_with(packages_of(wanted), python)
    peers, no_peers = None, None
    if any(SIDES[name].peer for name in wanted):
        peers, no_peers = attempt(build, "peers", "--manifest-path", PEERS / "Cargo.toml", "--target-dir", SCRATCH / "peers")
    found, missing = {"ours": [worker, "serve", data]}, {}
    for name in wanted:
        side = SIDES[name]
        lacking = [lacks[package] for package in side.packages if package in lacks] + [no_peers] * bool(side.peer and no_peers)
        if lacking and name in REQUIRED:
            raise Problem(lacking[0])
        if lacking:
            missing[name] = lacking[0]
        elif side.peer:
            found[name] = [peers, side.peer, data]
        elif side.script:
            found[name] = [python, HERE / side.script, data, *side.options]
    return found, missing, python


def attempt(function, *arguments):
    """What a function returns and no reason, or nothing and the reason."""
    try:
        return function(*arguments), None
    except Problem as problem:
        return None, str(problem)


def packages_of(wanted):
    return sorted({package for name in wanted for package in SIDES[name].packages})


def python_with(packages, python):
    """A Python with as many of the packages as can be had, and why it lacks the others."""
    if python:
        return python, {package: reason for package in packages if (reason := cannot_import(python, package))}
    folder = SCRATCH / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        missing = "Python's `venv` module or its `pip` is missing: install them (Debian: python3-venv)"
        run([sys.executable, "-m", "venv", folder], missing)
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned_to = {line.partition("==")[0]: line for line in lines if not line.startswith("#")}
    note = folder / "installed.txt"
    installed = note.read_text(encoding="utf-8").split() if note.exists() else []
    lacks = {}
    for package in packages:
        requirement = pinned_to[package]
        if requirement in installed:
            continue
        print(f"installing {requirement} into {folder}, once", flush=True)
        _, reason = attempt(run, [python, "-m", "pip", "install", "--quiet", requirement], f"pip could not install {requirement}")
        if reason:
            lacks[package] = reason
        else:
            installed.append(requirement)
    note.write_text("".join(line + "\n" for line in installed), encoding="utf-8")
    return python, lacks


def cannot_import(python, package):
    return attempt(run, [python, "-c", f"import {package}"], f"{python} cannot import {package}")[1]


def versions(python, names):
    """The versions of what the sides of these names are made with."""
    rust = run(["rustc", "--version"]).split()[1]
    others = json.loads(run([python, "-c", VERSIONS, *packages_of(names)]))
    locked = tomllib.loads((PEERS / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    crates = {SIDES[name].crate for name in names if SIDES[name].peer}
    # Of two versions of one crate, our own dependency is the newer one.
    return {"rustc": rust, **others, **{package["name"]: package["version"] for package in locked if package["name"] in crates}}
