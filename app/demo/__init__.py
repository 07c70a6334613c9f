"""The demo brand: made at the first run, through the same use cases the API calls.

``brand`` keeps what somebody who tries Dangol needs to know in ``demo.json``;
``programme`` is what it offers and ``goods`` what it sells; ``history`` tells fifteen
months of members' orders, refunds and points, ``warranties`` what becomes of units and
``service`` who asks for repairs; ``people`` are those of the staff.
"""
