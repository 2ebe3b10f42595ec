"""Make or refresh `.venv` for `run`, `dev` or `bench` from the locked requirements.

Runs under whatever Python the machine has, so it uses the standard library only and no syntax
that an old Python could not read: it must live long enough to say what is wrong.
"""

import hashlib
import os
import subprocess
import sys
import time

OLDEST, NEWEST = (3, 11), (3, 12)
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "requirements.stamp")
TOO_OLD = """\
✗ Python {found} では動きません。Python 3.11 または 3.12 が必要です。
  入れたあとに `make run PYTHON=/path/to/python3.11` のように指定できます。
  (Python 3.11 or 3.12 is needed; found {found} at {where}.)"""
NO_VENV = """\
✗ 仮想環境 .venv を作れませんでした。Debian / Ubuntu では python3-venv が必要です。
  (Could not create the virtual environment. On Debian or Ubuntu install python3-venv.)"""
NO_PACKAGES = """\
✗ ライブラリーを入れられませんでした。ネットワークと、pip の設定（プロキシー）を確かめてください。
  (Installing the locked libraries failed: check the network and pip's proxy or index settings.)"""


class SetupError(Exception):
    """The text is for the person at the terminal."""


def lock_file(level):
    return os.path.join(PROJECT, "requirements", level + ".txt")


def fingerprint(level):
    with open(lock_file(level), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def installed():
    """Level → fingerprint of the lock it was installed from."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            return dict(line.split() for line in file if line.strip())
    except OSError:
        return {}


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def call(command):
    return subprocess.call(command) == 0  # noqa: S603 -- only our own command lines


def venv_works():
    return os.path.exists(PYTHON) and call([PYTHON, "-c", ""])


def create_venv():
    say("  … Python の環境（.venv）を作る")
    arguments = ["--clear"] if os.path.isdir(VENV) else []
    if not call([sys.executable, "-m", "venv", *arguments, VENV]):
        raise SetupError(NO_VENV)


def pip(*arguments):
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return call([PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", *arguments])


def uv_sync(levels):
    """Fast and exact; False if uv cannot be had or does not reach the packages."""
    uv = os.path.join(VENV, "bin", "uv")
    if not os.path.exists(uv) and not pip("-r", lock_file("bootstrap")):
        return False
    files = [lock_file("bootstrap")] + [lock_file(level) for level in levels]
    command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON]
    return call(command + files)


def pip_install(levels):
    say("  … uv が使えないので pip で入れます（少し時間がかかります）")
    arguments = []
    for level in levels:
        arguments += ["-r", lock_file(level)]
    return pip(*arguments)


def install(level):
    """What was installed before stays: `make run` must not throw out the tools of `make test`."""
    levels = sorted({level, *installed()})
    say("  … ライブラリーを入れる（" + ", ".join(levels) + "）")
    if not uv_sync(levels) and not pip_install(levels):
        raise SetupError(NO_PACKAGES)
    with open(STAMP, "w", encoding="utf-8") as file:
        file.writelines(name + " " + fingerprint(name) + "\n" for name in levels)


def current(level):
    known = installed()
    return level in known and all(fingerprint(name) == mark for name, mark in known.items())


def prepare(level):
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        raise SetupError(TOO_OLD.format(found=found, where=sys.executable))
    if venv_works() and current(level):
        return
    started = time.time()
    if not venv_works():
        create_venv()
    install(level)
    say(f"  ✓ Python の環境ができました（{time.time() - started:.1f} 秒）")


if __name__ == "__main__":
    try:
        prepare(sys.argv[1])
    except SetupError as failure:
        sys.exit(str(failure))
