-- +goose Up

-- What is forgotten by age, and what is looked for by its end, is found by an index.
CREATE INDEX history_at ON history (at);
CREATE INDEX queries_at ON queries (at);
CREATE INDEX jobs_until ON jobs (until, id);
CREATE INDEX rates_full_at ON rates (full_at);
CREATE INDEX audit_ref ON audit (ref, seq);
CREATE INDEX inbox_owner ON inbox (owner) WHERE finished = 0;

-- +goose Down
DROP INDEX inbox_owner;
DROP INDEX audit_ref;
DROP INDEX rates_full_at;
DROP INDEX jobs_until;
DROP INDEX queries_at;
DROP INDEX history_at;
