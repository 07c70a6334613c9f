-- The application reads the ledger and calls these functions; nothing else writes it.
GRANT SELECT ON point_accounts, point_lots, point_entries, point_allocations, point_holds
   TO dangol_app;
GRANT EXECUTE ON FUNCTION
    points_create_account(uuid, uuid),
    points_open(uuid, uuid, timestamptz),
    points_read(uuid, uuid, timestamptz),
    points_post(uuid, uuid, timestamptz, jsonb),
    points_move(uuid, uuid, uuid, bigint, timestamptz, jsonb),
    points_settle_chunk(uuid, timestamptz, integer),
    points_open_many(uuid, uuid[], timestamptz),
    points_accrue_many(uuid, timestamptz, jsonb),
    points_notices_prepare(uuid, date, text, integer[], uuid, integer, timestamptz),
    points_notices_close(uuid, date, integer),
    points_notices_refresh(uuid, uuid, text, date),
    points_notices_move(uuid, uuid, uuid)
TO dangol_app;
