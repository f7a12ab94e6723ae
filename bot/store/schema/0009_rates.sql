-- +goose Up

-- When the slow calls of a console may go out next, for all processes that share this database. The key is a hash of console and token.
CREATE TABLE rates (
	key     TEXT PRIMARY KEY,
	full_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE rates;
