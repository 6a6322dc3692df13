"""Checks a built wheel: it holds the verifier, and nothing of this repository's own protocol."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

ALLOWED = ("launchproof/", "launchproof-")
NEEDED = ("launchproof/py.typed", "launchproof/declare/machine.py", "launchproof/cli/main.py")


def main(wheel: Path) -> int:
    """Tell what is in the wheel that should not be, and what is missing; give the exit status."""
    names = ZipFile(wheel).namelist()
    strange = [name for name in names if not name.startswith(ALLOWED)]
    missing = [name for name in NEEDED if name not in names]
    sys.stdout.write(f"{wheel.name}: {len(names)} files; strange: {strange}; missing: {missing}\n")
    return 1 if strange or missing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
