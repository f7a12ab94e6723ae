-- A database of the last commit before the schema files were numbered anew (table version 730), with requests that wait. See migrate_test.go.
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(3,2,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(4,100,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(5,200,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(6,300,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(7,420,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(8,500,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(9,720,1,'2026-11-28 21:54:29');
INSERT INTO goose_db_version VALUES(10,730,1,'2026-11-28 21:54:29');
CREATE TABLE requests (
	id        TEXT PRIMARY KEY,
	ref       TEXT NOT NULL UNIQUE,
	key       TEXT NOT NULL UNIQUE,
	version   BIGINT NOT NULL,
	state     TEXT NOT NULL,
	requester TEXT NOT NULL,
	created   BIGINT NOT NULL,
	body      TEXT NOT NULL
, behind BIGINT NOT NULL DEFAULT 0, due BIGINT NOT NULL DEFAULT 0);
INSERT INTO requests VALUES('one-approval','A-1990','k1',2,'pending','UALICE',1795348801000,'{"id":"one-approval","ref":"A-1990","key":"k1","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"pending","quorum":1,"by":["approvers"],"created":"2026-11-22T12:00:01Z","expires":"2026-11-22T12:30:01Z","cards":[{"channel":"C0APPROVE","ts":"1.1"}],"rev":1,"moved":"2026-11-22T12:00:01Z"}',1,0);
INSERT INTO requests VALUES('quorum-of-two','A-BD4F','k2',2,'pending','UALICE',1795348802000,'{"id":"quorum-of-two","ref":"A-BD4F","key":"k2","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"pending","quorum":2,"by":["approvers"],"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:02Z","roles":[["approvers"]]}],"created":"2026-11-22T12:00:02Z","expires":"2026-11-22T12:30:02Z","rev":2,"moved":"2026-11-22T12:00:02Z"}',0,0);
INSERT INTO requests VALUES('two-places','A-5835','k3',1,'pending','UALICE',1795348803000,'{"id":"two-places","ref":"A-5835","key":"k3","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"pending","quorum":1,"needs":[{"by":["approvers"],"quorum":1,"places":[{"account":"Acme","site":"Paris"}]},{"by":["approvers"],"quorum":1,"places":[{"account":"Acme","site":"Rome"}]}],"by":["approvers"],"created":"2026-11-22T12:00:03Z","expires":"2026-11-22T12:30:03Z","rev":1,"moved":"2026-11-22T12:00:03Z"}',0,0);
INSERT INTO requests VALUES('distinct-roles','A-C64B','k4',1,'pending','UALICE',1795348804000,'{"id":"distinct-roles","ref":"A-C64B","key":"k4","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"pending","quorum":2,"needs":[{"by":["leads","ad"],"quorum":2,"distinct":true}],"by":["leads","ad"],"created":"2026-11-22T12:00:04Z","expires":"2026-11-22T12:30:04Z","rev":1,"moved":"2026-11-22T12:00:04Z"}',0,0);
INSERT INTO requests VALUES('approved','A-8F8A','k5',2,'approved','UALICE',1795348805000,'{"id":"approved","ref":"A-8F8A","key":"k5","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"approved","quorum":1,"by":["approvers"],"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:05Z","roles":[["approvers"]]}],"created":"2026-11-22T12:00:05Z","expires":"2026-11-22T12:30:05Z","agreed":"2026-11-22T12:00:05Z","rev":2,"moved":"2026-11-22T12:00:05Z"}',0,0);
INSERT INTO requests VALUES('interrupted','A-007C','k6',4,'interrupted','UALICE',1795348806000,'{"id":"interrupted","ref":"A-007C","key":"k6","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","state":"interrupted","quorum":1,"by":["approvers"],"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:06Z","roles":[["approvers"]]}],"created":"2026-11-22T12:00:06Z","expires":"2026-11-22T12:30:06Z","agreed":"2026-11-22T12:00:06Z","started":"2026-11-22T12:00:06Z","owner":"old","lease_until":"2026-11-22T12:00:26Z","fence":1,"rev":4,"moved":"2026-11-22T12:00:06Z"}',1,0);
INSERT INTO requests VALUES('isolated-for-a-time','A-52B2','k7',4,'done','UALICE',1795348807000,'{"id":"isolated-for-a-time","ref":"A-52B2","key":"k7","command":"isolate","title":"Disconnect Agent From Network","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"requester":"UALICE","requester_name":"alice","channel":"C0SOC","reason":"phishing","term":{"for":14400000000000,"began":"2026-11-22T12:00:07Z","ends":"2026-11-22T16:00:07Z"},"state":"done","quorum":1,"by":["approvers"],"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:07Z","roles":[["approvers"]]}],"created":"2026-11-22T12:00:07Z","expires":"2026-11-22T12:30:07Z","agreed":"2026-11-22T12:00:07Z","started":"2026-11-22T12:00:07Z","finished":"2026-11-22T12:00:07Z","owner":"old","lease_until":"2026-11-22T12:00:27Z","fence":1,"outcome":"Successful","result":{"title":"1 endpoint isolated"},"rev":4,"moved":"2026-11-22T12:00:07Z"}',1,1795361407000);
INSERT INTO requests VALUES('sealed','A-AB53','k8',1,'pending','UALICE',1795348807000,'{"id":"sealed","ref":"A-AB53","key":"k8","command":"isolate","risk":"destructive","args":{"agent-ids":["1"]},"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"targets":1,"sealed":"ATCTlgR1G0+yzZvl+Vj2yBMMjUvAqlgiIi7k0zmULAH9vnx8","requester":"UALICE","state":"pending","quorum":1,"by":["approvers"],"created":"2026-11-22T12:00:07Z","expires":"2026-11-22T12:30:07Z","rev":1,"moved":"2026-11-22T12:00:07Z"}',0,0);
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
INSERT INTO audit VALUES(1,1795348801000,'one-approval','A-1990','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"C0SOC","name":"alice","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','','2f287d31ee821f3188e087cc8c95efaf4ed834f5625095b983d41ecafb576e56');
INSERT INTO audit VALUES(2,1795348802000,'quorum-of-two','A-BD4F','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"C0SOC","name":"alice","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":2,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','2f287d31ee821f3188e087cc8c95efaf4ed834f5625095b983d41ecafb576e56','7e0f649a43df6803d41e9109a8c63c905969c342201a998891834f7f1e39dc20');
INSERT INTO audit VALUES(3,1795348802000,'quorum-of-two','A-BD4F','UBOB','approved','isolate','{"missing":1,"requester":"UALICE","roles":[["approvers"]],"state":"pending"}','7e0f649a43df6803d41e9109a8c63c905969c342201a998891834f7f1e39dc20','9945cf9d6c9a08bd4fa40968fd85ffc4da2002a5e4d3c02ecffa5424452e2770');
INSERT INTO audit VALUES(4,1795348803000,'two-places','A-5835','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"C0SOC","name":"alice","needs":[{"by":["approvers"],"quorum":1,"places":[{"account":"Acme","site":"Paris"}]},{"by":["approvers"],"quorum":1,"places":[{"account":"Acme","site":"Rome"}]}],"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','9945cf9d6c9a08bd4fa40968fd85ffc4da2002a5e4d3c02ecffa5424452e2770','731946e742721c2bfb5e5ea1dcd862072e907c1e3ff02f14a63470a74376a6c8');
INSERT INTO audit VALUES(5,1795348804000,'distinct-roles','A-C64B','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["leads","ad"],"channel":"C0SOC","name":"alice","needs":[{"by":["leads","ad"],"quorum":2,"distinct":true}],"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":2,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','731946e742721c2bfb5e5ea1dcd862072e907c1e3ff02f14a63470a74376a6c8','aa6d4e7f8603d9e835079552ef30bb5d729e7efe9e5d89d43da20362bfa3568b');
INSERT INTO audit VALUES(6,1795348805000,'approved','A-8F8A','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"C0SOC","name":"alice","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','aa6d4e7f8603d9e835079552ef30bb5d729e7efe9e5d89d43da20362bfa3568b','559a64b564ce467f58fb391c6847900d110fe7325f56c2ff9081ce5cc8ed082c');
INSERT INTO audit VALUES(7,1795348805000,'approved','A-8F8A','UBOB','approved','isolate','{"missing":0,"requester":"UALICE","roles":[["approvers"]],"state":"approved"}','559a64b564ce467f58fb391c6847900d110fe7325f56c2ff9081ce5cc8ed082c','2329a24f1905271614edddb1f7d8a8b4d5ed24496861f78d78f549c9b87c4b0e');
INSERT INTO audit VALUES(8,1795348806000,'interrupted','A-007C','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"C0SOC","name":"alice","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','2329a24f1905271614edddb1f7d8a8b4d5ed24496861f78d78f549c9b87c4b0e','71d21084d3eb116f5c8cac993b9ebc3afcecd6222d6b4517d2d22182a05613d7');
INSERT INTO audit VALUES(9,1795348806000,'interrupted','A-007C','UBOB','approved','isolate','{"missing":0,"requester":"UALICE","roles":[["approvers"]],"state":"approved"}','71d21084d3eb116f5c8cac993b9ebc3afcecd6222d6b4517d2d22182a05613d7','9604a3b87ad5d888764cb828623638f22fe432e735457e8d49f481cc1da3c3e7');
INSERT INTO audit VALUES(10,1795348806000,'interrupted','A-007C','','started','isolate','{"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:06Z","roles":[["approvers"]]}],"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","fence":1,"owner":"old","requester":"UALICE"}','9604a3b87ad5d888764cb828623638f22fe432e735457e8d49f481cc1da3c3e7','ad78ab7e0523b92618f6ee0e0e1ff93562e239b9dbc8ba64e24f8f3506e8e7a0');
INSERT INTO audit VALUES(11,1795348806000,'interrupted','A-007C','','interrupted','isolate','{"answer":"","fence":1,"requester":"UALICE","result_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}','ad78ab7e0523b92618f6ee0e0e1ff93562e239b9dbc8ba64e24f8f3506e8e7a0','7e757747d2287cdbbd2d5e0483ec00486da77673168fd783dedf0146d1d7f4e9');
INSERT INTO audit VALUES(12,1795348807000,'isolated-for-a-time','A-52B2','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","auto":false,"by":["approvers"],"channel":"C0SOC","for":"4h0m0s","name":"alice","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"phishing","requester":"UALICE","risk":"destructive","rule":"","state":"pending","targets":1,"ticket":""}','7e757747d2287cdbbd2d5e0483ec00486da77673168fd783dedf0146d1d7f4e9','af5f032aa53dc40d9618070153e6dade3475d11660a6a6c893b326a33178c331');
INSERT INTO audit VALUES(13,1795348807000,'isolated-for-a-time','A-52B2','UBOB','approved','isolate','{"missing":0,"requester":"UALICE","roles":[["approvers"]],"state":"approved"}','af5f032aa53dc40d9618070153e6dade3475d11660a6a6c893b326a33178c331','36463662a953b78de3403f4d2627964ac2edbb3bac9eba83e37661b75597638c');
INSERT INTO audit VALUES(14,1795348807000,'isolated-for-a-time','A-52B2','','started','isolate','{"approvals":[{"user":"UBOB","at":"2026-11-22T12:00:07Z","roles":[["approvers"]]}],"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","fence":1,"owner":"old","requester":"UALICE"}','36463662a953b78de3403f4d2627964ac2edbb3bac9eba83e37661b75597638c','45ab24b0dfb24279ab701d94a324a39b00ed4ba0cf5fccb8d03282d07f1aa217');
INSERT INTO audit VALUES(15,1795348807000,'isolated-for-a-time','A-52B2','','finished','isolate','{"answer":"","fence":1,"outcome":"Successful","requester":"UALICE","result_sha256":"12559c3e6ddf473dbaba39f17881927f79a7fcb0051f6fabd57fe9944a978edb"}','45ab24b0dfb24279ab701d94a324a39b00ed4ba0cf5fccb8d03282d07f1aa217','d18045530a599037165f4272129f79fb35ebfe5bddb500ee3146ae9710171743');
INSERT INTO audit VALUES(16,1795348807000,'sealed','A-AB53','UALICE','asked','isolate','{"args_sha256":"f27112fccb30f1e80d8669c3cf52665c7698b6e35615b35a24d8f5877895fd33","by":["approvers"],"channel":"","name":"","plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]},"quorum":1,"reason":"","requester":"UALICE","risk":"destructive","rule":"","secret":"sealed","state":"pending","targets":1,"ticket":""}','d18045530a599037165f4272129f79fb35ebfe5bddb500ee3146ae9710171743','3400a710e33c0d19caedea7a4ca3b996c3a001846ee0fca6361b9427437d179b');
CREATE TABLE audit_head (
	one  BIGINT PRIMARY KEY CHECK (one = 1),
	seq  BIGINT NOT NULL,
	hash TEXT NOT NULL
);
INSERT INTO audit_head VALUES(1,16,'3400a710e33c0d19caedea7a4ca3b996c3a001846ee0fca6361b9427437d179b');
CREATE TABLE inbox (
	key      TEXT PRIMARY KEY,
	kind     TEXT NOT NULL,
	payload  BYTEA,
	at       BIGINT NOT NULL,
	finished BIGINT NOT NULL DEFAULT 0
, owner TEXT NOT NULL DEFAULT '', until BIGINT NOT NULL DEFAULT 0);
INSERT INTO inbox VALUES('e1','interactive',X'7b2274797065223a22626c6f636b5f616374696f6e73227d',1795902869123,0,'JRMZXEV54Y4NDFUAQXQYBTZBNB',1795902889123);
CREATE TABLE clips (
	id      TEXT PRIMARY KEY,
	body    BYTEA NOT NULL,
	expires BIGINT NOT NULL
);
CREATE TABLE history (
	person TEXT NOT NULL,
	seq    BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	line   TEXT NOT NULL,
	PRIMARY KEY (person, seq)
);
INSERT INTO history VALUES('UALICE',1,1795348800000,'isolate DESKTOP-1');
CREATE TABLE cursors (
	source TEXT PRIMARY KEY,
	body   TEXT NOT NULL
);
INSERT INTO cursors VALUES('threat','{"since":"2026-11-22T12:00:00Z"}');
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
	not_before   BIGINT NOT NULL DEFAULT 0, rank BIGINT NOT NULL DEFAULT 1, digest TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '', mention TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (source, id, channel)
);
INSERT INTO notices VALUES('threat','t1','C0THREATS',1,0,'due','',1795348800000,'1','{"id":"t1"}','','','','',0,0,0,0,1,'','','');
INSERT INTO notices VALUES('threat','t2','C0THREATS',2,0,'told','',1795348800000,'1','{"id":"t2"}','','2.2','1','',0,0,0,0,1,'','','');
CREATE TABLE notices_head (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	seq BIGINT NOT NULL
);
INSERT INTO notices_head VALUES(1,2);
CREATE TABLE jobs (
	id        TEXT PRIMARY KEY,
	body      TEXT NOT NULL,               -- JSON, the bot's own
	owner     TEXT NOT NULL DEFAULT '',    -- the process that does it
	until     BIGINT NOT NULL DEFAULT 0,   -- end of its lease
	cancelled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE leases (
	name  TEXT PRIMARY KEY,
	owner TEXT NOT NULL,
	until BIGINT NOT NULL,
	fence BIGINT NOT NULL
);
CREATE TABLE snoozes (
	id      TEXT PRIMARY KEY,
	until   BIGINT NOT NULL,
	body    TEXT NOT NULL
);
CREATE TABLE queries (
	person TEXT NOT NULL,
	id     TEXT NOT NULL,
	at     BIGINT NOT NULL,
	words  TEXT NOT NULL,
	PRIMARY KEY (person, id)
);
INSERT INTO queries VALUES('UALICE','q1',1795348800000,'all processes');
CREATE TABLE directs (
	person  TEXT PRIMARY KEY,
	channel TEXT NOT NULL
);
INSERT INTO directs VALUES('UALICE','D0ALICE');
CREATE TABLE rates (
	key     TEXT PRIMARY KEY,
	full_at BIGINT NOT NULL
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',10);
CREATE INDEX requests_state ON requests (state, created);
CREATE INDEX requests_requester ON requests (requester, created);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_request ON audit (request);
CREATE INDEX inbox_unfinished ON inbox (at) WHERE finished = 0;
CREATE INDEX inbox_finished ON inbox (finished);
CREATE INDEX clips_expires ON clips (expires);
CREATE UNIQUE INDEX notices_seq ON notices (seq);
CREATE INDEX notices_post ON notices (channel, not_before, seq) WHERE state IN ('due', 'sending');
CREATE INDEX notices_edit ON notices (channel, not_before, seq) WHERE state = 'told' AND shown <> version;
CREATE INDEX notices_root ON notices (source, channel, thread_group, seq) WHERE state = 'told' AND thread = '';
CREATE INDEX notices_old ON notices (source, created);
CREATE INDEX requests_behind ON requests (created) WHERE behind = 1;
CREATE INDEX notices_next ON notices (channel, rank, not_before, seq) WHERE state IN ('due', 'sending');
CREATE INDEX notices_digest ON notices (digest, seq) WHERE digest <> '';
CREATE INDEX notices_ts ON notices (ts) WHERE ts <> '';
CREATE INDEX snoozes_until ON snoozes (until);
CREATE INDEX notices_quiet ON notices (thread_group) WHERE state = 'silent' AND channel = '';
CREATE INDEX requests_due ON requests (due) WHERE due > 0;
CREATE INDEX notices_thread ON notices (source, channel, thread_group, seq);
