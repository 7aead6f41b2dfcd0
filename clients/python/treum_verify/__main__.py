"""``python -m treum_verify FILE…``."""

import sys

from treum_verify.command import main

sys.exit(main(sys.argv[1:]))
