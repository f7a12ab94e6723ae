-- One text for SQLite and PostgreSQL. Times are milliseconds since 1970, 0 where there is none; bodies are JSON.

-- +goose Up
CREATE TABLE requests (
	id        TEXT PRIMARY KEY,
	ref       TEXT NOT NULL UNIQUE,
	key       TEXT NOT NULL UNIQUE,
	version   BIGINT NOT NULL,
	state     TEXT NOT NULL,
	requester TEXT NOT NULL,
	created   BIGINT NOT NULL,
	body      TEXT NOT NULL
);
CREATE INDEX requests_state ON requests (state, created);
CREATE INDEX requests_requester ON requests (requester, created);

CREATE TABLE audit (
	seq     BIGINT PRIMARY KEY,
	at      BIGINT NOT NULL,
	request TEXT NOT NULL,
	ref     TEXT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	command TEXT NOT NULL,
	detail  TEXT NOT NULL,
	prev    TEXT NOT NULL,
	hash    TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_request ON audit (request);

-- The end of the trail. Who appends updates this row first, and so waits for others who do.
CREATE TABLE audit_head (
	one  BIGINT PRIMARY KEY CHECK (one = 1),
	seq  BIGINT NOT NULL,
	hash TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

-- What Slack delivered. The payload goes when the work on it is done; the key stays a while, so that a repetition is known as one.
CREATE TABLE inbox (
	key      TEXT PRIMARY KEY,
	kind     TEXT NOT NULL,
	payload  BYTEA,
	at       BIGINT NOT NULL,
	finished BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX inbox_unfinished ON inbox (at) WHERE finished = 0;
CREATE INDEX inbox_finished ON inbox (finished);

-- Invocations of buttons that are longer than Slack takes.
CREATE TABLE clips (
	id      TEXT PRIMARY KEY,
	body    BYTEA NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX clips_expires ON clips (expires);

CREATE TABLE history (
	person TEXT NOT NULL,
	seq    BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	line   TEXT NOT NULL,
	PRIMARY KEY (person, seq)
);

-- The notifier's journal.
CREATE TABLE cursors (
	source TEXT PRIMARY KEY,
	body   TEXT NOT NULL
);
CREATE TABLE notices (
	source       TEXT NOT NULL,
	id           TEXT NOT NULL,
	channel      TEXT NOT NULL,
	seq          BIGINT NOT NULL,
	rev          BIGINT NOT NULL DEFAULT 0,
	state        TEXT NOT NULL,
	thread_group TEXT NOT NULL,
	created      BIGINT NOT NULL,
	version      TEXT NOT NULL,
	body         TEXT NOT NULL,
	thread       TEXT NOT NULL DEFAULT '',
	ts           TEXT NOT NULL DEFAULT '',
	shown        TEXT NOT NULL DEFAULT '',
	fingerprint  TEXT NOT NULL DEFAULT '',
	replies      BIGINT NOT NULL DEFAULT 0,
	tries        BIGINT NOT NULL DEFAULT 0,
	tried        BIGINT NOT NULL DEFAULT 0,
	not_before   BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (source, id, channel)
);
CREATE UNIQUE INDEX notices_seq ON notices (seq);
CREATE INDEX notices_post ON notices (channel, not_before, seq) WHERE state IN ('due', 'sending');
CREATE INDEX notices_edit ON notices (channel, not_before, seq) WHERE state = 'told' AND shown <> version;
CREATE INDEX notices_root ON notices (source, channel, thread_group, seq) WHERE state = 'told' AND thread = '';
CREATE INDEX notices_old ON notices (source, created);

-- The last number given to a notice.
CREATE TABLE notices_head (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	seq BIGINT NOT NULL
);
INSERT INTO notices_head (one, seq) VALUES (1, 0);

-- +goose Down
DROP TABLE notices_head;
DROP TABLE notices;
DROP TABLE cursors;
DROP TABLE history;
DROP TABLE clips;
DROP TABLE inbox;
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE requests;
