-- +goose Up

-- Requests whose cards do not show where they stand, or whose end nobody was told.
ALTER TABLE requests ADD COLUMN behind BIGINT NOT NULL DEFAULT 0;
CREATE INDEX requests_behind ON requests (created) WHERE behind = 1;

-- Which process works on a delivery, and until when it counts as alive without a sign of life.
ALTER TABLE inbox ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN until BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE inbox DROP COLUMN until;
ALTER TABLE inbox DROP COLUMN owner;
DROP INDEX requests_behind;
ALTER TABLE requests DROP COLUMN behind;
