-- +goose Up

-- Which queries of Deep Visibility a person started: the console has no list of them.
CREATE TABLE queries (
	person TEXT NOT NULL,
	id     TEXT NOT NULL,
	at     BIGINT NOT NULL,
	words  TEXT NOT NULL,
	PRIMARY KEY (person, id)
);

-- +goose Down
DROP TABLE queries;
