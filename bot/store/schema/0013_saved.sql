-- +goose Up

-- Commands that people keep under names of their own, as slash text.
CREATE TABLE saved (
	person TEXT NOT NULL,
	name   TEXT NOT NULL,
	line   TEXT NOT NULL,
	PRIMARY KEY (person, name)
);

-- +goose Down
DROP TABLE saved;
