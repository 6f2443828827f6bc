"""Other tools that have models write rows, each in a virtual environment of its own that is made when it is first needed."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_INSTALL_S = 900
_RUN_S = 900
_SHOWN = 400
_QUIET = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "HF_HUB_OFFLINE": "1"}


class PeerUnavailableError(Exception):
    """It can't be installed or run here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another tool."""

    name: str
    package: str
    """What pip installs."""
    script: str
    """Writes rows with it, beside this file."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keeps it from telling anybody anything."""


PEERS = (
    Peer(
        name="curator",
        package="bespokelabs-curator==0.1.31",
        script="rows_by_curator.py",
        environment={"TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_RICH_DISPLAY": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    ),
    Peer(
        name="designer",
        package="data-designer==0.9.7",
        script="rows_by_data_designer.py",
        environment={"NEMO_TELEMETRY_ENABLED": "false"},
    ),
)


def install_peer(peer: Peer, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, made below `folder` where it is not there yet.

    Raises:
        PeerUnavailableError: pip can't install it here.
    """
    home = folder / peer.package
    python = home / "bin" / "python"
    done = home / "installed"
    if not done.exists():
        _run([sys.executable, "-m", "venv", "--clear", str(home)], dict(os.environ), _INSTALL_S)
        _run([str(python), "-m", "pip", "install", "--quiet", peer.package], dict(os.environ), _INSTALL_S)
        done.touch()
    return python


def run_peer(peer: Peer, python: Path, url: str, rows: int) -> str:
    """Have a peer write rows and return what it took, as `rows_wanted.measured` prints it.

    Raises:
        PeerUnavailableError: It fails, or takes too long.
    """
    home = python.parent.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {**os.environ, **_QUIET, **_find_tokens(python), **peer.environment, "HOME": str(home)}
    return _run([str(python), str(Path(__file__).parent / peer.script), url, str(rows)], environment, _RUN_S).splitlines()[-1]


def _find_tokens(python: Path) -> dict[str, str]:
    """Name the folder of the tokenizer that comes with LiteLLM, where there is one; tiktoken would download it otherwise."""
    found = next(python.parent.parent.glob("lib/python*/site-packages/litellm/litellm_core_utils/tokenizers"), None)
    return {"TIKTOKEN_CACHE_DIR": str(found)} if found else {}


def _run(command: list[str], environment: dict[str, str], limit_s: float) -> str:
    try:
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=limit_s).stdout
    except subprocess.TimeoutExpired:
        raise PeerUnavailableError(f"{Path(command[-1]).name}: not done within {limit_s:.0f} s") from None
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise PeerUnavailableError(" ".join(said.split())[-_SHOWN:]) from None


__all__ = ["PEERS", "Peer", "PeerUnavailableError", "install_peer", "run_peer"]
