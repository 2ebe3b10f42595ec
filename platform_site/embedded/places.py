"""Where servers keep sockets and data: short paths that the account they run under can reach."""

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from platform_site.embedded.child import Account, ServiceError

LONGEST_SOCKET_FOLDER = 70  # a socket path may have 103 bytes on macOS, and names are added to it


def can_enter(folder: Path, account: Account | None) -> bool:
    """Asked of the system, as that account: modes alone would miss ACLs and mounts."""
    if account is None:
        return os.access(folder, os.R_OK | os.X_OK)
    question = ["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(folder)]
    answer = subprocess.run(  # noqa: S603 -- fixed command, our own path as an argument
        question, check=False, cwd="/", **account.popen_options()
    )
    return answer.returncode == 0


def _usable(base: Path, account: Account | None) -> bool:
    fits = len(os.fsencode(base)) <= LONGEST_SOCKET_FOLDER - 28
    return fits and os.access(base, os.W_OK) and can_enter(base, account)


def open_base(account: Account | None) -> Path:
    """The temporary folder, or another one if that account cannot get there."""
    candidates = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108
    for base in candidates:
        if _usable(base, account):
            return base
    raise ServiceError(
        "ソケットを置ける一時フォルダーがありません。TMPDIR を確かめてください"
        f"（{', '.join(str(base) for base in candidates)}）。"
    )


def run_folder(project: Path, account: Account | None) -> Path:
    """A short folder for this checkout's sockets, the same on every start."""
    digest = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:10]
    folder = open_base(account) / f"kodoku-{os.geteuid()}-{digest}"
    return make_private(folder, enter=account)


def make_private(folder: Path, *, enter: Account | None = None) -> Path:
    """A folder of ours that nobody else can have prepared; `enter` may pass through it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ServiceError(f"{folder} は別の利用者のものです。取り除いてから、もう一度どうぞ。")
    folder.chmod(0o700 if enter is None else 0o711)
    return folder


def hand_over(folder: Path, account: Account | None) -> Path:
    """A folder that belongs to the account itself."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def reachable_site(
    site: Path, package: str, program: str, *, run_dir: Path, account: Account | None
) -> Path:
    """`site` itself, or a folder in `run_dir` with a copy of what the account needs of it.

    The wheel's libraries lie beside the package and are found from there, so both are copied.
    """
    if _runs(site / program, account):
        return site
    stamp = f"{site / program}:{(site / program).stat().st_mtime_ns}"
    copy = run_dir / f"site-{hashlib.sha256(stamp.encode()).hexdigest()[:8]}"
    if not copy.is_dir():
        unfinished = copy.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in (package, f"{package.partition('/')[0]}.libs"):
            if (site / folder).is_dir():
                _copy_folder(site / folder, unfinished / folder)
        _open_to_read(unfinished)
        unfinished.rename(copy)
    if not _runs(copy / program, account):
        raise ServiceError(f"{copy / program} を実行できません。")
    return copy


def _copy_folder(source: Path, target: Path) -> None:
    skipped = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(source, target, symlinks=True, ignore=skipped)


def _open_to_read(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else _readable(path)))


def _readable(path: Path) -> int:
    return 0o555 if path.stat().st_mode & stat.S_IXUSR else 0o444


def _runs(program: Path, account: Account | None) -> bool:
    options = {} if account is None else account.popen_options()
    try:
        answer = subprocess.run(  # noqa: S603 -- a program of our own wheel
            [str(program), "--version"], capture_output=True, check=False, cwd="/", **options
        )
    except OSError:
        return False
    return answer.returncode == 0


def lock(path: Path) -> IO[str] | None:
    """Held as long as the file is open; the system lets go of it even after `kill -9`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle
