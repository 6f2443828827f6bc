"""Make `.venv` with synthloop and everything that its tests need, on a machine that has Python, git and make and nothing else.

usage: [SYNTHLOOP_VENV=.venv] python3 tools/bootstrap.py [--extras dev]

Standard library only. Does nothing where the environment is already up to date. Where Python came without `venv` or `pip` (Debian
splits them off), it borrows pip from another interpreter, or installs Debian's package as root or with sudo.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("SYNTHLOOP_VENV", ".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".synthloop-setup"
MINIMUM = (3, 11)


def main() -> int:
    """Set up the environment; return an exit code."""
    parser = argparse.ArgumentParser(description="Set up .venv")
    parser.add_argument("--extras", default="dev", help="extras of synthloop to install")
    extras = parser.parse_args().extras
    if sys.version_info < MINIMUM:
        return restart_with_newer_python()
    if STAMP.exists() and STAMP.read_text() == fingerprint(extras) and PYTHON.exists():
        return 0
    print(f"setting up {VENV.name} (once; about a minute)", flush=True)
    make_environment()
    install(extras)
    STAMP.write_text(fingerprint(extras))
    return 0


def restart_with_newer_python() -> int:
    """Run this script again with the newest Python that is good enough."""
    for minor in range(16, 10, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return subprocess.call([found, __file__, *sys.argv[1:]])
    print(f"synthloop needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
    return 2


def fingerprint(extras: str) -> str:
    """Return what the environment depends on, hashed."""
    parts = [sys.version, extras, str(ROOT), *(read(name) for name in ("pyproject.toml", "constraints.txt"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read(name: str) -> str:
    """Return a file of the project, or nothing."""
    path = ROOT / name
    return path.read_text() if path.exists() else ""


def make_environment() -> None:
    """Create `.venv` with a working pip, by the first way that works."""
    ways = (with_venv, with_borrowed_pip, with_debian_package)
    for way in ways:
        shutil.rmtree(VENV, ignore_errors=True)
        if way():
            return
    sys.exit(
        "could not make .venv: this Python has neither `venv` nor `pip`. Install them (Debian: apt-get install python3-venv) and try again."
    )


def with_venv() -> bool:
    """Use the standard library's venv, pip included."""
    return quietly([sys.executable, "-m", "venv", str(VENV)])


def with_borrowed_pip() -> bool:
    """Make the environment without pip and fill it with the pip of the base interpreter or of PATH."""
    if not quietly([sys.executable, "-m", "venv", "--without-pip", str(VENV)]):
        return False
    pips = ([sys.executable, "-m", "pip"], ["pip3"], ["pip"])
    return any(quietly([*pip, "--python", str(PYTHON), "install", "pip"]) for pip in pips)


def with_debian_package() -> bool:
    """Install Debian's python3-venv, then use venv."""
    if not shutil.which("apt-get"):
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    version = f"python3.{sys.version_info.minor}-venv"
    quietly([*sudo, "apt-get", "update"])
    installed = any(quietly([*sudo, "apt-get", "install", "-y", name]) for name in (version, "python3-venv"))
    return installed and with_venv()


def install(extras: str) -> None:
    """Install synthloop in editable form with its extras, in the versions of constraints.txt."""
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    constraints = ["-c", str(ROOT / "constraints.txt")] if (ROOT / "constraints.txt").exists() else []
    subprocess.check_call([*pip, *constraints, "-e", f"{ROOT}[{extras}]"])


def quietly(command: list[str]) -> bool:
    """Run a command without output; return whether it went well."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
