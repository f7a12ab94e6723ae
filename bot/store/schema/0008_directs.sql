-- +goose Up

-- The direct message with a person: a user id is no conversation that can be read back.
CREATE TABLE directs (
	person  TEXT PRIMARY KEY,
	channel TEXT NOT NULL
);

-- +goose Down
DROP TABLE directs;
