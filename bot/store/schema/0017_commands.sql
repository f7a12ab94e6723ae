-- +goose Up

-- The command that a request is for, empty in rows of before this column until they change: years of requests are there, and who looks for
-- other isolations of an endpoint wants the few commands that isolate.
ALTER TABLE requests ADD COLUMN command TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_command ON requests (command, state, created);

-- +goose Down
DROP INDEX requests_command;
ALTER TABLE requests DROP COLUMN command;
