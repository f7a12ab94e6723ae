-- +goose Up

-- Work that takes long: what is done for whom, and how far it is. The row goes when the work ends.
CREATE TABLE jobs (
	id        TEXT PRIMARY KEY,
	body      TEXT NOT NULL,               -- JSON, the bot's own
	owner     TEXT NOT NULL DEFAULT '',    -- the process that does it
	until     BIGINT NOT NULL DEFAULT 0,   -- end of its lease
	cancelled INTEGER NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE jobs;
