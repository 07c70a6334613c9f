"""Rules of coupons: plain functions over plain values.

``definitions`` is what a template says, ``state`` what is known of coupons when an
order is decided, ``judging`` whether one can be used, ``combining`` what several take
off together, ``deciding`` what an order's coupons come to, ``wording`` how it is told,
``changes`` what is written then, ``refunds`` what a partial refund leaves of a
discount, ``codes`` how codes are made and read.
"""
