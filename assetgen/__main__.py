"""`assetgen` and `python -m assetgen`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if os.name == "nt":
        sys.stderr.write("error: assetgen needs Linux or macOS; on Windows it runs in WSL\n")
        sys.exit(5)
    try:
        from assetgen.cli.boundary import guarded

        code = guarded(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
