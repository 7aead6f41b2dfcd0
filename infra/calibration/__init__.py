"""Calibration of confidence: what each strategy's scores were worth on the recorded tapes.

``python -m calibration`` (``make calibrate``) runs the live strategies over the tapes, follows each idea to
its outcome by the live rule, fits ``functions/signals/strategies/calibration-1.json`` on the first part of
every tape, and prints how the fit does on the rest, which it has not seen.
"""
