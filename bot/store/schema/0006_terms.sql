-- +goose Up

-- When something is due of what a request does for a time: the warning before its end, or the end; 0 where nothing is.
ALTER TABLE requests ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
CREATE INDEX requests_due ON requests (due) WHERE due > 0;

-- +goose Down
DROP INDEX requests_due;
ALTER TABLE requests DROP COLUMN due;
