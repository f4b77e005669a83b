"""`python -m monitor`."""

import sys

from monitor.cli import main

if __name__ == "__main__":  # worker processes import this module
    sys.exit(main())
