"""What every domain shares and none owns: edges, stores, identity, money, time. No domain logic.

What a function's start allocates lives as long as its container, so collecting garbage meanwhile finds none
and costs a tenth of the start: the collector waits for more than a start makes.
"""

import gc

gc.set_threshold(100_000, 20, 50)
