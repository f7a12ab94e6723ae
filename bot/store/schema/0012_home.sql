-- +goose Up

-- Figures about the console, counted by one process for all: see notifier/figures.
CREATE TABLE figures (
	name   TEXT   NOT NULL PRIMARY KEY,
	body   TEXT   NOT NULL DEFAULT '',
	at     BIGINT NOT NULL DEFAULT 0,
	failed TEXT   NOT NULL DEFAULT ''
);

-- Who has opened the Home tab, and what of it Slack has: see bot/home. Greeted is when the first opening of the Messages tab was answered.
CREATE TABLE homes (
	person    TEXT   NOT NULL PRIMARY KEY,
	opened    BIGINT NOT NULL DEFAULT 0,
	published BIGINT NOT NULL DEFAULT 0,
	print     TEXT   NOT NULL DEFAULT '',
	greeted   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX homes_opened ON homes (opened);

-- +goose Down
DROP TABLE homes;
DROP TABLE figures;
