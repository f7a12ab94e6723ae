-- +goose Up

-- What a burst needs: what is told first (-1 digests, 0 urgent, 1 the others), the digest that tells of an item, the channel where it stands
-- if that is not the one that it was meant for, and the user group that is mentioned.
ALTER TABLE notices ADD COLUMN rank BIGINT NOT NULL DEFAULT 1;
ALTER TABLE notices ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN mention TEXT NOT NULL DEFAULT '';
CREATE INDEX notices_next ON notices (channel, rank, not_before, seq) WHERE state IN ('due', 'sending');
CREATE INDEX notices_digest ON notices (digest, seq) WHERE digest <> '';
CREATE INDEX notices_ts ON notices (ts) WHERE ts <> '';

-- Which process reads the console and tells Slack. The fence grows with every new holder; what an earlier one writes is refused.
CREATE TABLE leases (
	name  TEXT PRIMARY KEY,
	owner TEXT NOT NULL,
	until BIGINT NOT NULL,
	fence BIGINT NOT NULL
);

-- What somebody does not want to hear of for a while.
CREATE TABLE snoozes (
	id      TEXT PRIMARY KEY,
	until   BIGINT NOT NULL,
	body    TEXT NOT NULL
);
CREATE INDEX snoozes_until ON snoozes (until);
CREATE INDEX notices_quiet ON notices (thread_group) WHERE state = 'silent' AND channel = '';

-- +goose Down
DROP INDEX notices_quiet;
DROP TABLE snoozes;
DROP TABLE leases;
DROP INDEX notices_ts;
DROP INDEX notices_digest;
DROP INDEX notices_next;
ALTER TABLE notices DROP COLUMN mention;
ALTER TABLE notices DROP COLUMN place;
ALTER TABLE notices DROP COLUMN digest;
ALTER TABLE notices DROP COLUMN rank;
