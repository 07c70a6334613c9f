"""Proof of the books: every equality of the ledger, one set-based query each.

A query returns what does *not* hold as (member, detail). All of them together say
that balances, lots, entries and allocations tell the same story; see
``docs/ledger.md`` for the list in words.
"""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "account_equals_entries": """
        SELECT a.member_id, 'account ' || a.available || '/' || a.pending || '/' || a.held || '/'
               || a.debt || ' at ' || a.seq || ', entries ' || coalesce(e.available, 0) || '/'
               || coalesce(e.pending, 0) || '/' || coalesce(e.held, 0) || '/'
               || coalesce(e.debt, 0) || ' in ' || coalesce(e.count, 0) AS detail
          FROM point_accounts a
          LEFT JOIN (
              SELECT member_id, sum(d_available) AS available, sum(d_pending) AS pending,
                     sum(d_held) AS held, sum(d_debt) AS debt, count(*), max(seq) AS newest
                FROM point_entries WHERE brand_id = :brand_id GROUP BY member_id
          ) e USING (member_id)
         WHERE a.brand_id = :brand_id
           AND (a.available, a.pending, a.held, a.debt, a.seq, a.seq) IS DISTINCT FROM
               (coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.held, 0),
                coalesce(e.debt, 0), coalesce(e.count, 0), coalesce(e.newest, 0))
    """,
    "account_equals_lots": """
        SELECT a.member_id, 'available ' || a.available || ', lots ' || coalesce(l.remaining, 0)
               || '; pending ' || a.pending || ', lots ' || coalesce(l.pending, 0) AS detail
          FROM point_accounts a
          LEFT JOIN (
              SELECT member_id, sum(remaining) AS remaining, sum(pending) AS pending
                FROM point_lots WHERE brand_id = :brand_id GROUP BY member_id
          ) l USING (member_id)
         WHERE a.brand_id = :brand_id
           AND (a.available, a.pending) IS DISTINCT FROM
               (coalesce(l.remaining, 0), coalesce(l.pending, 0))
    """,
    "lot_equals_allocations": """
        SELECT l.member_id, 'lot ' || l.lot_no || ' ' || l.remaining || '/' || l.pending
               || ', allocations ' || coalesce(m.remaining, 0) || '/' || coalesce(m.pending, 0)
               AS detail
          FROM point_lots l
          LEFT JOIN (
              SELECT member_id, lot_no, sum(d_remaining) AS remaining, sum(d_pending) AS pending
                FROM point_allocations WHERE brand_id = :brand_id GROUP BY member_id, lot_no
          ) m USING (member_id, lot_no)
         WHERE l.brand_id = :brand_id
           AND (l.remaining, l.pending) IS DISTINCT FROM
               (coalesce(m.remaining, 0), coalesce(m.pending, 0))
    """,
    "entry_equals_allocations": """
        SELECT e.member_id, 'entry ' || e.seq || ' ' || e.d_available || '/' || e.d_pending
               || ', allocations ' || coalesce(m.remaining, 0) || '/' || coalesce(m.pending, 0)
               AS detail
          FROM point_entries e
          LEFT JOIN (
              SELECT member_id, entry_seq AS seq, sum(d_remaining) AS remaining,
                     sum(d_pending) AS pending
                FROM point_allocations WHERE brand_id = :brand_id GROUP BY member_id, entry_seq
          ) m USING (member_id, seq)
         WHERE e.brand_id = :brand_id
           AND (e.d_available, e.d_pending) IS DISTINCT FROM
               (coalesce(m.remaining, 0), coalesce(m.pending, 0))
    """,
    "entries_chain": """
        SELECT member_id, 'entry ' || seq || ' does not follow from the one before' AS detail
          FROM (
              SELECT member_id, seq, available_after, pending_after, held_after, debt_after,
                     coalesce(lag(available_after) OVER w, 0) + d_available AS available,
                     coalesce(lag(pending_after) OVER w, 0) + d_pending AS pending,
                     coalesce(lag(held_after) OVER w, 0) + d_held AS held,
                     coalesce(lag(debt_after) OVER w, 0) + d_debt AS debt,
                     coalesce(lag(seq) OVER w, 0) + 1 AS next
                FROM point_entries WHERE brand_id = :brand_id
              WINDOW w AS (PARTITION BY member_id ORDER BY seq)
          ) chain
         WHERE (seq, available_after, pending_after, held_after, debt_after)
               IS DISTINCT FROM (next, available, pending, held, debt)
    """,
    "given_back_at_most_taken": """
        SELECT back.member_id, 'lot ' || back.lot_no || ' got back ' || back.points
               || ' of what entry ' || back.source_seq || ' took, ' || coalesce(-m.d_remaining, 0)
               AS detail
          FROM (
              SELECT member_id, lot_no, source_seq, sum(d_remaining) AS points
                FROM point_allocations
               WHERE brand_id = :brand_id AND source_seq IS NOT NULL
               GROUP BY member_id, lot_no, source_seq
          ) back
          LEFT JOIN point_allocations m
            ON m.brand_id = :brand_id AND m.member_id = back.member_id
           AND m.entry_seq = back.source_seq AND m.lot_no = back.lot_no
         WHERE back.points > coalesce(-m.d_remaining, 0)
    """,
    "held_equals_open_holds": """
        SELECT a.member_id, 'held ' || a.held || ', open holds ' || coalesce(h.amount, 0) AS detail
          FROM point_accounts a
          LEFT JOIN (
              SELECT member_id, sum(amount) AS amount
                FROM point_holds WHERE brand_id = :brand_id AND state = 'open' GROUP BY member_id
          ) h USING (member_id)
         WHERE a.brand_id = :brand_id AND a.held IS DISTINCT FROM coalesce(h.amount, 0)
    """,
    "lot_equals_its_first_allocation": """
        SELECT l.member_id, 'lot ' || l.lot_no || ' opened with ' || l.original || ', allocated '
               || coalesce(m.d_remaining + m.d_pending, 0) AS detail
          FROM point_lots l
          LEFT JOIN point_allocations m
            ON m.brand_id = :brand_id AND m.member_id = l.member_id
           AND m.entry_seq = l.entry_seq AND m.lot_no = l.lot_no
         WHERE l.brand_id = :brand_id
           AND l.original IS DISTINCT FROM coalesce(m.d_remaining + m.d_pending, 0)
    """,
    "no_stray_allocation": """
        SELECT m.member_id, 'allocation of entry ' || m.entry_seq || ' on lot ' || m.lot_no
               || ' belongs to nothing' AS detail
          FROM point_allocations m
          LEFT JOIN point_entries e
            ON e.brand_id = :brand_id AND e.member_id = m.member_id AND e.seq = m.entry_seq
          LEFT JOIN point_lots l
            ON l.brand_id = :brand_id AND l.member_id = m.member_id AND l.lot_no = m.lot_no
         WHERE m.brand_id = :brand_id AND (e.seq IS NULL OR l.lot_no IS NULL)
    """,
    "nothing_spent_after_its_date": """
        SELECT m.member_id, 'entry ' || m.entry_seq || ' took from lot ' || m.lot_no
               || ' after its date' AS detail
          FROM point_allocations m
          JOIN point_entries e
            ON e.brand_id = :brand_id AND e.member_id = m.member_id AND e.seq = m.entry_seq
          JOIN point_lots l
            ON l.brand_id = :brand_id AND l.member_id = m.member_id AND l.lot_no = m.lot_no
         WHERE m.brand_id = :brand_id AND m.d_remaining < 0
           AND e.kind IN ('redemption', 'hold', 'adjustment', 'transfer_out')
           AND e.recorded_at >= l.expires_at
    """,
    "lapsed_at_most_expired": """
        SELECT l.member_id, 'lot ' || l.lot_no || ' says that ' || l.lapsed || ' lapsed, entries '
               || coalesce(m.points, 0) AS detail
          FROM point_lots l
          LEFT JOIN (
              SELECT m.member_id, m.lot_no, -sum(m.d_remaining) AS points
                FROM point_allocations m
                JOIN point_entries e
                  ON e.brand_id = :brand_id AND e.member_id = m.member_id
                 AND e.seq = m.entry_seq AND e.kind = 'expiry'
               WHERE m.brand_id = :brand_id GROUP BY m.member_id, m.lot_no
          ) m USING (member_id, lot_no)
         WHERE l.brand_id = :brand_id AND l.lapsed > coalesce(m.points, 0)
    """,
    "due_is_never_late": """
        SELECT a.member_id, 'next due is later than something that falls due' AS detail
          FROM point_accounts a
         WHERE a.brand_id = :brand_id AND a.next_due_at > least(
               (SELECT min(expires_at) FROM point_lots l
                 WHERE l.brand_id = :brand_id AND l.member_id = a.member_id AND remaining > 0),
               (SELECT min(confirms_at) FROM point_lots l
                 WHERE l.brand_id = :brand_id AND l.member_id = a.member_id AND pending > 0),
               (SELECT min(expires_at) FROM point_holds h
                 WHERE h.brand_id = :brand_id AND h.member_id = a.member_id AND state = 'open'),
               'infinity')
    """,
}

# What a rebuild from the log would store, against what is stored.
REBUILT = ("account_equals_entries", "lot_equals_allocations")


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)


def rebuild(brand_id: UUID) -> list[Finding]:
    """Recompute accounts and lots from the log alone and return where they differ."""
    return prove({check: CHECKS[check] for check in REBUILT}, brand_id)
