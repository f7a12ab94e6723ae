-- +goose Up

-- The endpoint that a message is about, empty until it is delivered, or in rows of before this column until they are edited: the cards of an
-- endpoint are drawn again when a request about it begins to wait or ends, and there may be a million others.
ALTER TABLE notices ADD COLUMN agent TEXT NOT NULL DEFAULT '';
CREATE INDEX notices_agent ON notices (agent, channel) WHERE agent <> '';

-- +goose Down
DROP INDEX notices_agent;
ALTER TABLE notices DROP COLUMN agent;
