-- +goose Up

-- How far the audit trail was sent out of this database, and which process sends it.
CREATE TABLE audit_positions (
	target TEXT PRIMARY KEY,
	seq    BIGINT NOT NULL,
	told   INTEGER NOT NULL DEFAULT 0, -- operators know that it does not get on
	owner  TEXT NOT NULL,
	until  BIGINT NOT NULL             -- end of its lease
);

-- +goose Down
DROP TABLE audit_positions;
