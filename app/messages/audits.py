"""The equalities that hold of messages, each one query over a brand."""

CHECKS: dict[str, str] = {
    "attempts_follow_each_other": """
        SELECT m.member_id, 'message ' || m.id || ' counts ' || m.attempts || ' tries, has '
               || count(a.seq) || ' up to ' || coalesce(max(a.seq), 0) AS detail
          FROM messages m
          LEFT JOIN message_attempts a ON a.brand_id = m.brand_id AND a.message_id = m.id
         WHERE m.brand_id = :brand_id
         GROUP BY m.brand_id, m.id
        HAVING m.attempts <> count(a.seq) OR m.attempts <> coalesce(max(a.seq), 0)
    """,
    "nothing_follows_a_delivery": """
        SELECT m.member_id, 'message ' || m.id || ' was tried again after it arrived' AS detail
          FROM message_attempts a
          JOIN messages m ON m.brand_id = a.brand_id AND m.id = a.message_id
         WHERE a.brand_id = :brand_id AND a.state = 'delivered'
           AND (m.state <> 'delivered' OR a.seq <> m.attempts)
    """,
    "delivered_messages_were_delivered": """
        SELECT m.member_id, 'message ' || m.id || ' arrived without a try that did' AS detail
          FROM messages m
         WHERE m.brand_id = :brand_id AND m.state = 'delivered'
           AND NOT EXISTS (
               SELECT 1 FROM message_attempts a
                WHERE a.brand_id = m.brand_id AND a.message_id = m.id AND a.state = 'delivered')
    """,
}
