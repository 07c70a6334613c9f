"""Proof of the units: every state follows from events, every batch has its units."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "unit_equals_its_events": """
        SELECT CAST(NULL AS uuid) AS member_id, u.serial || ': ' || u.state || ', version '
               || u.version || '; events ' || coalesce(e.rows, 0) || ', newest '
               || coalesce(e.newest, 0) || ' ' || coalesce(last.state, 'none') AS detail
          FROM warranty_units u
          LEFT JOIN (
              SELECT unit_id, count(*) AS rows, max(seq) AS newest
                FROM warranty_unit_events WHERE brand_id = :brand_id GROUP BY unit_id
          ) e ON e.unit_id = u.id
          LEFT JOIN warranty_unit_events last
            ON last.brand_id = u.brand_id AND last.unit_id = u.id AND last.seq = e.newest
         WHERE u.brand_id = :brand_id
           AND (u.version, u.version, u.state) IS DISTINCT FROM
               (coalesce(e.rows, 0), coalesce(e.newest, 0), last.state)
    """,
    "batch_has_its_units": """
        SELECT CAST(NULL AS uuid) AS member_id, 'batch ' || b.id || ' made ' || coalesce(t.done, 0)
               || ' of ' || b.quantity || ', units ' || coalesce(u.rows, 0) AS detail
          FROM warranty_batches b
          LEFT JOIN warranty_batch_tasks t
            ON t.brand_id = b.brand_id AND t.batch_id = b.id AND t.step = 'make'
          LEFT JOIN (
              SELECT batch_id, count(*) AS rows, max(number) AS newest
                FROM warranty_units WHERE brand_id = :brand_id GROUP BY batch_id
          ) u ON u.batch_id = b.id
         WHERE b.brand_id = :brand_id
           AND ((t.done, t.cursor) IS DISTINCT FROM
                (coalesce(u.rows, 0)::integer, coalesce(u.newest, 0))
                OR (t.finished_at IS NOT NULL AND t.done <> b.quantity))
    """,
    "void_units_have_no_code_to_print": """
        SELECT CAST(NULL AS uuid) AS member_id, serial || ' is void and sealed' AS detail
          FROM warranty_units
         WHERE brand_id = :brand_id AND state = 'void' AND code_sealed IS NOT NULL
    """,
    "replaced_units_name_another": """
        SELECT CAST(NULL AS uuid) AS member_id, u.serial || ' names no other unit' AS detail
          FROM warranty_units u
          LEFT JOIN warranty_units o ON o.brand_id = u.brand_id AND o.id = u.replaced_by
         WHERE u.brand_id = :brand_id AND u.state = 'replaced'
           AND (o.id IS NULL OR o.id = u.id OR o.exchanged_on IS NULL)
    """,
    "claimed_units_have_one_owner": """
        SELECT w.member_id, u.serial || ' is ' || u.state || ', registrations in force '
               || count(w.id) AS detail
          FROM warranty_units u
          LEFT JOIN warranties w
            ON w.brand_id = u.brand_id AND w.unit_id = u.id AND w.ended_at IS NULL
         WHERE u.brand_id = :brand_id
         GROUP BY u.serial, u.state, u.id, w.member_id
        HAVING count(w.id) <> CASE u.state WHEN 'claimed' THEN 1 ELSE 0 END
    """,
    "registrations_are_numbered": """
        SELECT CAST(NULL AS uuid) AS member_id, 'unit ' || unit_id || ': ' || count(*)
               || ' registrations, newest ' || max(seq) AS detail
          FROM warranties WHERE brand_id = :brand_id
         GROUP BY unit_id HAVING count(*) <> max(seq) OR min(seq) <> 1
    """,
    "extensions_have_their_event": """
        SELECT CAST(NULL AS uuid) AS member_id, 'unit ' || x.unit_id || ': ' || count(*)
               || ' extensions, events ' || min(e.rows) AS detail
          FROM warranty_extensions x
          CROSS JOIN LATERAL (
              SELECT count(*) AS rows FROM warranty_unit_events v
               WHERE v.brand_id = x.brand_id AND v.unit_id = x.unit_id AND v.step = 'extend'
          ) e
         WHERE x.brand_id = :brand_id
         GROUP BY x.unit_id HAVING count(*) <> min(e.rows)
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
