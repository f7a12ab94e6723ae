-- +goose Up

-- The key of the tags on buttons and forms. Its one row is written at the first start of the program, which may have to take the key of
-- messages that are there already.
CREATE TABLE seal_keys (
	id    INTEGER PRIMARY KEY,
	value TEXT NOT NULL
);

-- +goose Down
DROP TABLE seal_keys;
