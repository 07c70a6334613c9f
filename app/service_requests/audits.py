"""Proof of the requests: numbers without gaps, states that follow from events, quotes kept."""

from uuid import UUID

from app.findings import Finding, prove

CHECKS = {
    "request_equals_its_events": """
        SELECT r.member_id, r.number || ': ' || r.status || ', version ' || r.version
               || '; events ' || coalesce(e.rows, 0) || ', newest ' || coalesce(e.newest, 0)
               || ' ' || coalesce(last.after, 'none') AS detail
          FROM service_requests r
          LEFT JOIN (
              SELECT request_id, count(*) AS rows, max(seq) AS newest
                FROM service_request_events WHERE brand_id = :brand_id GROUP BY request_id
          ) e ON e.request_id = r.id
          LEFT JOIN service_request_events last
            ON last.brand_id = r.brand_id AND last.request_id = r.id AND last.seq = e.newest
         WHERE r.brand_id = :brand_id
           AND (r.version, r.version, r.status) IS DISTINCT FROM
               (coalesce(e.rows, 0), coalesce(e.newest, 0), last.after)
    """,
    "events_chain": """
        SELECT CAST(NULL AS uuid) AS member_id, 'request ' || request_id || ', event ' || seq
               || ' begins at ' || coalesce(before, 'nothing') || ' after '
               || coalesce(earlier, 'nothing') AS detail
          FROM (
              SELECT request_id, seq, before,
                     lag(after) OVER (PARTITION BY request_id ORDER BY seq) AS earlier
                FROM service_request_events WHERE brand_id = :brand_id
          ) e
         WHERE before IS DISTINCT FROM earlier
    """,
    "numbers_have_no_gaps": """
        SELECT CAST(NULL AS uuid) AS member_id, c.day || ': counted ' || c.count || ', requests '
               || count(r.id) || ', last ' || coalesce(max(r.number), 'none') AS detail
          FROM service_request_counters c
          LEFT JOIN service_requests r
            ON r.brand_id = c.brand_id AND r.number LIKE 'AS-' || to_char(c.day, 'YYMMDD') || '-%'
         WHERE c.brand_id = :brand_id
         GROUP BY c.day, c.count
        HAVING count(r.id) <> c.count
            OR max(CAST(split_part(r.number, '-', 3) AS integer)) IS DISTINCT FROM c.count
    """,
    "quotes_are_numbered": """
        SELECT CAST(NULL AS uuid) AS member_id, 'request ' || request_id || ': ' || count(*)
               || ' quotes, newest ' || max(version) AS detail
          FROM service_request_quotes WHERE brand_id = :brand_id
         GROUP BY request_id HAVING count(*) <> max(version) OR min(version) <> 1
    """,
    "quotes_equal_their_lines_and_text": """
        SELECT CAST(NULL AS uuid) AS member_id, 'request ' || q.request_id || ', quote '
               || q.version || ': total ' || q.total || ', lines ' || s.total AS detail
          FROM service_request_quotes q
          CROSS JOIN LATERAL (
              SELECT coalesce(sum((l->>'quantity')::bigint * (l->>'unit_price')::bigint)
                              FILTER (WHERE NOT (l->>'covered')::boolean), 0) AS total
                FROM jsonb_array_elements(q.lines) l
          ) s
         WHERE q.brand_id = :brand_id
           AND (q.total <> s.total
                OR q.text_sha256 <> encode(sha256(convert_to(q.text, 'UTF8')), 'hex'))
    """,
    "quotes_have_their_events": """
        SELECT CAST(NULL AS uuid) AS member_id, 'request ' || q.request_id || ', quote '
               || q.version || ' is ' || q.state || ', events ' || e.rows AS detail
          FROM service_request_quotes q
          CROSS JOIN LATERAL (
              SELECT count(*) AS rows FROM service_request_events v
               WHERE v.brand_id = q.brand_id AND v.request_id = q.request_id
                 AND v.detail = CAST(q.version AS text)
                 AND v.step = CASE q.state WHEN 'accepted' THEN 'accept_quote'
                                           WHEN 'declined' THEN 'decline_quote'
                                           WHEN 'expired' THEN 'expire_quote'
                                           ELSE 'quote' END
          ) e
         WHERE q.brand_id = :brand_id AND e.rows <> 1
    """,
    "open_quotes_are_waited_for": """
        SELECT r.member_id, r.number || ' is ' || r.status || ', open quotes ' || count(q.version)
               AS detail
          FROM service_requests r
          LEFT JOIN service_request_quotes q
            ON q.brand_id = r.brand_id AND q.request_id = r.id AND q.state = 'open'
         WHERE r.brand_id = :brand_id
         GROUP BY r.member_id, r.number, r.status
        HAVING count(q.version) <> CASE r.status WHEN 'quoted' THEN 1 ELSE 0 END
    """,
    "replaced_units_name_their_replacement": """
        SELECT r.member_id, r.number || ' names ' || coalesce(r.replacement, 'nothing')
               || ' for ' || r.serial AS detail
          FROM service_requests r
          JOIN warranty_units u ON u.brand_id = r.brand_id AND u.id = r.unit_id
          LEFT JOIN warranty_units o ON o.brand_id = u.brand_id AND o.id = u.replaced_by
         WHERE r.brand_id = :brand_id AND r.outcome = 'replace'
           AND r.replacement IS DISTINCT FROM o.serial
    """,
}


def audit(brand_id: UUID) -> list[Finding]:
    """Run every check for one brand and return what does not hold (at most 50 each)."""
    return prove(CHECKS, brand_id)
