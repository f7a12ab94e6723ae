-- +goose Up

-- What is told below the root of a thread is added up whenever the root is drawn.
CREATE INDEX notices_thread ON notices (source, channel, thread_group, seq);

-- +goose Down
DROP INDEX notices_thread;
