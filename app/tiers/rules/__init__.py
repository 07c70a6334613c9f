"""Rules about tiers: plain functions over plain values.

A tier is compared by its *rank*: 1 is the lowest of the ladder, 0 is none.
"""
