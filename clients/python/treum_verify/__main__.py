"""``python -m treum_verify FILE…``."""

import sys

from treum_verify.verify import main

sys.exit(main(sys.argv[1:]))
