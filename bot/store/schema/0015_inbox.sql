-- +goose Up

-- Each delivery is written down before its acknowledgement, so an index that nobody reads is paid for by people who wait: who takes over
-- looks by owner, and only what is finished is forgotten by age.
DROP INDEX inbox_unfinished;
DROP INDEX inbox_finished;
CREATE INDEX inbox_done ON inbox (finished) WHERE finished > 0;

-- +goose Down
DROP INDEX inbox_done;
CREATE INDEX inbox_finished ON inbox (finished);
CREATE INDEX inbox_unfinished ON inbox (at) WHERE finished = 0;
