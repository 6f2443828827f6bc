"""How much the base installation weighs: packages and MB, in a fresh environment.

usage: python benchmarks/install_size.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 8


def main() -> None:
    """Install the project without extras and weigh every package."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        python = venv / "bin" / "python"
        site = Path(output(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"))
        bare_mb = weigh(site)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(ROOT)], check=True)
        packages = output(python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check").splitlines()
        added = [line for line in packages if line.partition("==")[0] not in ("pip", "setuptools", "wheel")]
        heaviest = sorted(((weigh(path), path.name) for path in site.iterdir() if path.is_dir()), reverse=True)
        print(f"base installation: {len(added)} packages, {weigh(site) - bare_mb:.0f} MB (aim: under 300 MB; without byte code)")
        print("heaviest: " + ", ".join(f"{name} {mb:.0f}" for mb, name in heaviest if not name.startswith("pip"))[: SHOWN * 24])


def weigh(path: Path) -> float:
    """Return the size of a folder in MB (10^6 bytes)."""
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file() and not each.is_symlink()) / 1e6


def output(*command: str | Path) -> str:
    """Return what a command prints."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
