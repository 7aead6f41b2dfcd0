"""``python -m treum_audit FILE…``."""

import sys

from treum_audit.command import main

sys.exit(main(sys.argv[1:]))
