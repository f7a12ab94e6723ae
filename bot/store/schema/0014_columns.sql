-- +goose Up

-- The columns that people want to see of each kind of list: a JSON list of titles.
CREATE TABLE columns (
	person TEXT NOT NULL,
	kind   TEXT NOT NULL,
	titles TEXT NOT NULL,
	PRIMARY KEY (person, kind)
);

-- +goose Down
DROP TABLE columns;
