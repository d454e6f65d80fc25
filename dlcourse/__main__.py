"""``python -m dlcourse``: the same as the command ``dlcourse``."""

import sys

from dlcourse.start.command import main

if __name__ == "__main__":
    sys.exit(main())
