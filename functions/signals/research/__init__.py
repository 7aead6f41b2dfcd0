"""Research: what the rules that run live would have done on recorded candles, and how far to believe it.

Pure: candles in, figures out. ``deciding`` asks the live strategies, ``engine`` trades what they say with
the live drafting, screening and outcome rules, ``metrics`` and ``sharpe`` measure it, ``search`` and
``walkforward`` choose parameters honestly, ``checks`` look for strategies that see the future or never
settle. Figures are floats: they describe a simulation, no money is booked with them.
"""
