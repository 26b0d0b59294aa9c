"""`assetgen` and `python -m assetgen`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if os.name == "nt":
        sys.stderr.write("error: assetgen needs Linux or macOS; on Windows it runs in WSL\n")
        sys.exit(5)
    from assetgen.cli.boundary import guarded

    sys.exit(guarded(sys.argv[1:]))


if __name__ == "__main__":
    main()
