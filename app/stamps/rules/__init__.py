"""Rules about stamps: plain functions over plain values.

``programmes`` says for what stamps are given, ``cards`` how cards fill up, ``earning``
what an order adds, ``taking`` what its refund takes.
"""
