-- A database of schema 12, the first with several consoles, as the program of that day left it: two requests that wait, one for each console
-- (emea and us, with equal endpoints), one that is done, and a threat of each that was told. See consoleschema_story_test.go.
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
INSERT INTO "audit" VALUES(1,1795942546404,'MR47HBHUBMTA6XIXFFTS6UZ4MA','A-8579','U0ALICE00','asked','disconnect-agent-from-network','{"args_sha256":"2badb9323fa333d734216fe0826a3ea64e6459483339ea2086e27b118dfaa88f","by":["approvers"],"channel":"C0SOC0000","console":"emea","name":"Alice Moreau","needs":[{"by":["approvers"],"quorum":1}],"plan":{"args":{"agent-ids":["1900000000000000001"]},"targets":[{"kind":"agent","id":"1900000000000000001","name":"TWIN-1","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","threats":1,"started":"2026-11-25T08:55:43.917908Z","url":"http://127.0.0.1:43813/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000001%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"quorum":1,"reason":"emea","requester":"U0ALICE00","risk":"destructive","rule":"approvers decide","state":"pending","targets":1,"ticket":""}','','035520131b51f1686cd2fe74323d16ba1c699ac0c0cd366e07f8367f0f5f59e1');
INSERT INTO "audit" VALUES(2,1795942546438,'QRKTUUUA4C7LYI3DXAGDSDFUCV','A-2B48','U0ALICE00','asked','disconnect-agent-from-network','{"args_sha256":"2badb9323fa333d734216fe0826a3ea64e6459483339ea2086e27b118dfaa88f","by":["approvers"],"channel":"C0ALERTS0","console":"us","name":"Alice Moreau","needs":[{"by":["approvers"],"quorum":1}],"plan":{"args":{"agent-ids":["1900000000000000001"]},"targets":[{"kind":"agent","id":"1900000000000000001","name":"TWIN-1","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","threats":1,"started":"2026-11-25T08:55:43.917932Z","url":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000001%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"quorum":1,"reason":"us","requester":"U0ALICE00","risk":"destructive","rule":"approvers decide","state":"pending","targets":1,"ticket":""}','035520131b51f1686cd2fe74323d16ba1c699ac0c0cd366e07f8367f0f5f59e1','a1a5f0bd39f1bfbd66dd64c3083289cd8f50ef6879882536d3f3b1d910938f6b');
INSERT INTO "audit" VALUES(3,1795942546488,'NLGN55P7PSAMQSTTACQ7SCHFSY','A-4C64','U0ALICE00','asked','disconnect-agent-from-network','{"args_sha256":"f0fd72d2b0080e3cae9fbcf3de6350da955e407645979d0b1b5ff2b4d2cf45b6","auto":false,"by":["approvers"],"channel":"C0ALERTS0","console":"us","for":"4h0m0s","name":"Alice Moreau","needs":[{"by":["approvers"],"quorum":1}],"plan":{"args":{"agent-ids":["1900000000000000003"]},"targets":[{"kind":"agent","id":"1900000000000000003","name":"TWIN-3","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","started":"2026-11-25T08:55:43.918134Z","url":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000003%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"quorum":1,"reason":"timed","requester":"U0ALICE00","risk":"destructive","rule":"approvers decide","state":"pending","targets":1,"ticket":""}','a1a5f0bd39f1bfbd66dd64c3083289cd8f50ef6879882536d3f3b1d910938f6b','2902e16b163d161d6dc686e60a8d7b776acde25bfe348db88b5292b752e4aef3');
INSERT INTO "audit" VALUES(4,1795942546509,'NLGN55P7PSAMQSTTACQ7SCHFSY','A-4C64','U0BOB0000','approved','disconnect-agent-from-network','{"console":"us","missing":0,"requester":"U0ALICE00","roles":[["approvers"]],"state":"approved","who":"Bob Keller"}','2902e16b163d161d6dc686e60a8d7b776acde25bfe348db88b5292b752e4aef3','493dc665b54e7358b8c0b6c3884866956df5b12fe8cdb22e18f38bb9507dfa3d');
INSERT INTO "audit" VALUES(5,1795942546513,'NLGN55P7PSAMQSTTACQ7SCHFSY','A-4C64','','started','disconnect-agent-from-network','{"approvals":[{"user":"U0BOB0000","at":"2026-11-29T08:55:46.509Z","roles":[["approvers"]]}],"args_sha256":"f0fd72d2b0080e3cae9fbcf3de6350da955e407645979d0b1b5ff2b4d2cf45b6","console":"us","fence":1,"owner":"TXOFONX6HMJ7CH2LWTHI6N2S5E","requester":"U0ALICE00"}','493dc665b54e7358b8c0b6c3884866956df5b12fe8cdb22e18f38bb9507dfa3d','3e9f6af1773c927fe34f4fa3267621b1ac2815b040af6012d7f318df6fd15f67');
INSERT INTO "audit" VALUES(6,1795942546536,'NLGN55P7PSAMQSTTACQ7SCHFSY','A-4C64','','finished','disconnect-agent-from-network','{"answer":"Disconnect Agent From Network: 1 of 1 endpoint: isolation accepted: TWIN-3","console":"us","effect":{"accepted":1},"fence":1,"outcome":"Successful","requester":"U0ALICE00","result_sha256":"f1187e2f2c290e03bd48c1d11e9ecac24ccc9f84beb72ddd9976544c3270dc43"}','3e9f6af1773c927fe34f4fa3267621b1ac2815b040af6012d7f318df6fd15f67','a1806e7782e265906a0a58e9babc584e0ceefa36224b19afe519aa44bd4d8e58');
CREATE TABLE audit_head (
	one  BIGINT PRIMARY KEY CHECK (one = 1),
	seq  BIGINT NOT NULL,
	hash TEXT NOT NULL
);
INSERT INTO "audit_head" VALUES(1,6,'a1806e7782e265906a0a58e9babc584e0ceefa36224b19afe519aa44bd4d8e58');
CREATE TABLE audit_positions (
	target TEXT PRIMARY KEY,
	seq    BIGINT NOT NULL,
	told   INTEGER NOT NULL DEFAULT 0, -- operators know that it does not get on
	owner  TEXT NOT NULL,
	until  BIGINT NOT NULL             -- end of its lease
);
CREATE TABLE clips (
	id      TEXT PRIMARY KEY,
	body    BYTEA NOT NULL,
	expires BIGINT NOT NULL
);
CREATE TABLE cursors (
	source TEXT PRIMARY KEY,
	body   TEXT NOT NULL
);
INSERT INTO "cursors" VALUES('threat@emea','{"since":"2026-11-29T08:55:44.234763851Z","ready":true,"reached":{"created":"2026-11-29T08:55:44.252309Z","survey":"2026-11-29T08:45:44.245160353Z","updated":"2026-11-29T08:55:44.252309Z"},"channels":["C0THREATS"]}');
INSERT INTO "cursors" VALUES('alert@emea','{"since":"2026-11-29T08:55:44.234763851Z","ready":true,"reached":{"created":"2026-11-29T07:55:44.251434804Z","reported":"2026-11-29T08:45:44.288010333Z","survey":"2026-11-29T07:55:44.245473417Z"},"channels":["C0ALERTS0"]}');
INSERT INTO "cursors" VALUES('threat@us','{"since":"2026-11-29T08:55:44.234763851Z","ready":true,"reached":{"created":"2026-11-29T08:55:44.252374Z","survey":"2026-11-29T08:45:44.244423751Z","updated":"2026-11-29T08:55:44.252374Z"},"channels":["C0THREATS"]}');
INSERT INTO "cursors" VALUES('alert@us','{"since":"2026-11-29T08:55:44.234763851Z","ready":true,"reached":{"created":"2026-11-29T07:55:44.251151524Z","reported":"2026-11-29T08:45:44.28750279Z","survey":"2026-11-29T07:55:44.244817154Z"},"channels":["C0ALERTS0"]}');
CREATE TABLE directs (
	person  TEXT PRIMARY KEY,
	channel TEXT NOT NULL
);
CREATE TABLE figures (
	name   TEXT   NOT NULL PRIMARY KEY,
	body   TEXT   NOT NULL DEFAULT '',
	at     BIGINT NOT NULL DEFAULT 0,
	failed TEXT   NOT NULL DEFAULT ''
);
CREATE TABLE history (
	person TEXT NOT NULL,
	seq    BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	line   TEXT NOT NULL,
	PRIMARY KEY (person, seq)
);
CREATE TABLE homes (
	person    TEXT   NOT NULL PRIMARY KEY,
	opened    BIGINT NOT NULL DEFAULT 0,
	published BIGINT NOT NULL DEFAULT 0,
	print     TEXT   NOT NULL DEFAULT '',
	greeted   BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE inbox (
	key      TEXT PRIMARY KEY,
	kind     TEXT NOT NULL,
	payload  BYTEA,
	at       BIGINT NOT NULL,
	finished BIGINT NOT NULL DEFAULT 0
, owner TEXT NOT NULL DEFAULT '', until BIGINT NOT NULL DEFAULT 0);
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
INSERT INTO "notices" VALUES('threat@emea','1900000000000000077','C0THREATS',1,2,'told','883D5553AB1E2C84',1795942544252,'f1b8cdcd9d50e3a278eabf42','{"id":"1900000000000000077","threatInfo":{"threatId":"1900000000000000077","threatName":"paris.exe","classification":"Malware","classificationSource":"Engine","confidenceLevel":"malicious","analystVerdict":"undefined","analystVerdictDescription":"Undefined","incidentStatus":"unresolved","incidentStatusDescription":"Unresolved","mitigationStatus":"not_mitigated","mitigationStatusDescription":"Not mitigated","automaticallyResolved":false,"mitigatedPreemptively":false,"failedActions":false,"pendingActions":false,"rebootRequired":false,"detectionType":"static","detectionEngines":[{"key":"pre_execution","title":"On-Write Static AI"}],"engines":["On-Write Static AI"],"initiatedBy":"agent_policy","initiatedByDescription":"Agent Policy","initiatingUserId":"","initiatingUsername":"","filePath":"\\Device\\HarddiskVolume3\\Users\\jdoe\\Downloads\\paris.exe","fileSize":3960225,"fileExtension":"EXE","fileVerificationType":"NotSigned","isFileless":false,"publisherName":"","certificateId":"","cloudFilesHashVerdict":"black","md5":"","sha1":"0b23f17bec0e3f9af5a09ad728ce6b640c66cf27","sha256":"","originatorProcess":"explorer.exe","processUser":"CORP\\jdoe","maliciousProcessArguments":"","storyline":"883D5553AB1E2C84","collectionId":"2623233016744275444","externalTicketId":"","externalTicketExists":false,"identifiedAt":"2026-11-29T08:55:43.052309Z","createdAt":"2026-11-29T08:55:44.252309Z","updatedAt":"2026-11-29T08:55:44.252309Z"},"agentRealtimeInfo":{"agentId":"1900000000000000001","agentUuid":"aa4e63521b57154072211eeb29dd35d9","agentComputerName":"TWIN-1","agentDomain":"corp.example","agentIpV4":"","agentOsName":"Windows 11 Pro","agentOsType":"windows","agentMachineType":"desktop","agentVersion":"23.4.4.223","agentMitigationMode":"protect","agentNetworkStatus":"connected","agentIsActive":true,"agentIsDecommissioned":false,"agentInfected":true,"activeThreats":1,"rebootRequired":false,"scanStatus":"finished","networkInterfaces":[{"id":"2405800294578022108","name":"Ethernet","inet":["10.20.0.60"],"inet6":[],"physical":"00:00:5E:00:53:32","gatewayIp":""}],"accountId":"1970934855527596259","accountName":"Example Corp","siteId":"2043412428652905129","siteName":"Paris","groupId":"2115890001772479826","groupName":"Default Group"},"agentDetectionInfo":{"agentUuid":"aa4e63521b57154072211eeb29dd35d9","agentDomain":"corp.example","agentIpV4":"10.20.0.60","agentIpV6":"","externalIp":"203.0.113.51","agentLastLoggedInUserName":"","agentLastLoggedInUpn":"","agentOsName":"Windows 11 Pro","agentOsRevision":"22631","agentVersion":"23.4.4.223","agentMitigationMode":"protect","agentRegisteredAt":"2026-03-14T08:55:43.917896Z","accountId":"1970934855527596259","accountName":"Example Corp","siteId":"2043412428652905129","siteName":"Paris","groupId":"2115890001772479826","groupName":"Default Group"},"mitigationStatus":[],"indicators":[],"containerInfo":{"id":"","name":"","image":""},"kubernetesInfo":{"cluster":"","namespace":"","node":"","pod":""},"whiteningOptions":["hash","path"]}','','1795942545.251265','f1b8cdcd9d50e3a278eabf42','194015f656aab166057971dc',0,0,1795942545242,1795942547253,0,'','','');
INSERT INTO "notices" VALUES('threat@us','1900000000000000077','C0THREATS',2,2,'told','883D5553AB1E2C84',1795942544252,'d75b0e0064d782b2e808a598','{"id":"1900000000000000077","threatInfo":{"threatId":"1900000000000000077","threatName":"texas.exe","classification":"Malware","classificationSource":"Engine","confidenceLevel":"malicious","analystVerdict":"undefined","analystVerdictDescription":"Undefined","incidentStatus":"unresolved","incidentStatusDescription":"Unresolved","mitigationStatus":"not_mitigated","mitigationStatusDescription":"Not mitigated","automaticallyResolved":false,"mitigatedPreemptively":false,"failedActions":false,"pendingActions":false,"rebootRequired":false,"detectionType":"static","detectionEngines":[{"key":"pre_execution","title":"On-Write Static AI"}],"engines":["On-Write Static AI"],"initiatedBy":"agent_policy","initiatedByDescription":"Agent Policy","initiatingUserId":"","initiatingUsername":"","filePath":"\\Device\\HarddiskVolume3\\Users\\jdoe\\Downloads\\texas.exe","fileSize":3960225,"fileExtension":"EXE","fileVerificationType":"NotSigned","isFileless":false,"publisherName":"","certificateId":"","cloudFilesHashVerdict":"black","md5":"","sha1":"0b23f17bec0e3f9af5a09ad728ce6b640c66cf27","sha256":"","originatorProcess":"explorer.exe","processUser":"CORP\\jdoe","maliciousProcessArguments":"","storyline":"883D5553AB1E2C84","collectionId":"2623233016744275444","externalTicketId":"","externalTicketExists":false,"identifiedAt":"2026-11-29T08:55:43.052374Z","createdAt":"2026-11-29T08:55:44.252374Z","updatedAt":"2026-11-29T08:55:44.252374Z"},"agentRealtimeInfo":{"agentId":"1900000000000000001","agentUuid":"aa4e63521b57154072211eeb29dd35d9","agentComputerName":"TWIN-1","agentDomain":"corp.example","agentIpV4":"","agentOsName":"Windows 11 Pro","agentOsType":"windows","agentMachineType":"desktop","agentVersion":"23.4.4.223","agentMitigationMode":"protect","agentNetworkStatus":"connected","agentIsActive":true,"agentIsDecommissioned":false,"agentInfected":true,"activeThreats":1,"rebootRequired":false,"scanStatus":"finished","networkInterfaces":[{"id":"2405800294578022108","name":"Ethernet","inet":["10.20.0.60"],"inet6":[],"physical":"00:00:5E:00:53:32","gatewayIp":""}],"accountId":"1970934855695368419","accountName":"Example Corp","siteId":"2043412428820677289","siteName":"Paris","groupId":"2115890001940251986","groupName":"Default Group"},"agentDetectionInfo":{"agentUuid":"aa4e63521b57154072211eeb29dd35d9","agentDomain":"corp.example","agentIpV4":"10.20.0.60","agentIpV6":"","externalIp":"203.0.113.51","agentLastLoggedInUserName":"","agentLastLoggedInUpn":"","agentOsName":"Windows 11 Pro","agentOsRevision":"22631","agentVersion":"23.4.4.223","agentMitigationMode":"protect","agentRegisteredAt":"2026-03-14T08:55:43.917921Z","accountId":"1970934855695368419","accountName":"Example Corp","siteId":"2043412428820677289","siteName":"Paris","groupId":"2115890001940251986","groupName":"Default Group"},"mitigationStatus":[],"indicators":[],"containerInfo":{"id":"","name":"","image":""},"kubernetesInfo":{"cluster":"","namespace":"","node":"","pod":""},"whiteningOptions":["hash","path"]}','','1795942546.338727','d75b0e0064d782b2e808a598','7ef88689d028813864791b5a',0,0,1795942546255,1795942548361,0,'','','');
CREATE TABLE notices_head (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	seq BIGINT NOT NULL
);
INSERT INTO "notices_head" VALUES(1,2);
CREATE TABLE queries (
	person TEXT NOT NULL,
	id     TEXT NOT NULL,
	at     BIGINT NOT NULL,
	words  TEXT NOT NULL,
	PRIMARY KEY (person, id)
);
CREATE TABLE rates (
	key     TEXT PRIMARY KEY,
	full_at BIGINT NOT NULL
);
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
INSERT INTO "requests" VALUES('MR47HBHUBMTA6XIXFFTS6UZ4MA','A-8579','slash-d0e445c5718750b4efba78ef',3,'pending','U0ALICE00',1795942546404,'{"id":"MR47HBHUBMTA6XIXFFTS6UZ4MA","ref":"A-8579","key":"slash-d0e445c5718750b4efba78ef","console":"emea","command":"disconnect-agent-from-network","title":"Disconnect Agent From Network","risk":"destructive","repeatable":true,"args":{"agent-ids":["1900000000000000001"]},"plan":{"args":{"agent-ids":["1900000000000000001"]},"targets":[{"kind":"agent","id":"1900000000000000001","name":"TWIN-1","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","threats":1,"started":"2026-11-25T08:55:43.917908Z","url":"http://127.0.0.1:43813/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000001%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"targets":1,"endpoints":1,"requester":"U0ALICE00","requester_name":"Alice Moreau","channel":"C0SOC0000","reason":"emea","state":"pending","quorum":1,"needs":[{"by":["approvers"],"quorum":1}],"by":["approvers"],"rule":"approvers decide","created":"2026-11-29T08:55:46.404Z","expires":"2036-11-26T08:55:46.404Z","wait":315360000000000000,"cards":[{"channel":"C0APPROVALS","ts":"1795942546.425237","shown":1}],"rev":1,"moved":"2026-11-29T08:55:46.404Z"}',0,0);
INSERT INTO "requests" VALUES('QRKTUUUA4C7LYI3DXAGDSDFUCV','A-2B48','slash-4b16fa0a11d5c5dabec417cd',3,'pending','U0ALICE00',1795942546438,'{"id":"QRKTUUUA4C7LYI3DXAGDSDFUCV","ref":"A-2B48","key":"slash-4b16fa0a11d5c5dabec417cd","console":"us","command":"disconnect-agent-from-network","title":"Disconnect Agent From Network","risk":"destructive","repeatable":true,"args":{"agent-ids":["1900000000000000001"]},"plan":{"args":{"agent-ids":["1900000000000000001"]},"targets":[{"kind":"agent","id":"1900000000000000001","name":"TWIN-1","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","threats":1,"started":"2026-11-25T08:55:43.917932Z","url":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000001%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"targets":1,"endpoints":1,"requester":"U0ALICE00","requester_name":"Alice Moreau","channel":"C0ALERTS0","reason":"us","state":"pending","quorum":1,"needs":[{"by":["approvers"],"quorum":1}],"by":["approvers"],"rule":"approvers decide","created":"2026-11-29T08:55:46.438Z","expires":"2036-11-26T08:55:46.438Z","wait":315360000000000000,"cards":[{"channel":"C0APPROVALS","ts":"1795942546.462034","shown":1}],"rev":1,"moved":"2026-11-29T08:55:46.438Z"}',0,0);
INSERT INTO "requests" VALUES('NLGN55P7PSAMQSTTACQ7SCHFSY','A-4C64','slash-694bf0aac75c913eaf3040cd',10,'done','U0ALICE00',1795942546488,'{"id":"NLGN55P7PSAMQSTTACQ7SCHFSY","ref":"A-4C64","key":"slash-694bf0aac75c913eaf3040cd","console":"us","command":"disconnect-agent-from-network","title":"Disconnect Agent From Network","risk":"destructive","repeatable":true,"args":{"agent-ids":["1900000000000000003"]},"plan":{"args":{"agent-ids":["1900000000000000003"]},"targets":[{"kind":"agent","id":"1900000000000000003","name":"TWIN-3","account":"Example Corp","site":"Paris","group":"Default Group","os":"Windows 11 Pro","state":"online","started":"2026-11-25T08:55:43.918134Z","url":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000003%22%7D"}],"notes":["After this it reaches the console and nothing else."],"undo":"Reconnect"},"targets":1,"endpoints":1,"requester":"U0ALICE00","requester_name":"Alice Moreau","channel":"C0ALERTS0","reason":"timed","state":"done","quorum":1,"needs":[{"by":["approvers"],"quorum":1}],"by":["approvers"],"rule":"approvers decide","approvals":[{"user":"U0BOB0000","at":"2026-11-29T08:55:46.509Z","roles":[["approvers"]]}],"created":"2026-11-29T08:55:46.488Z","expires":"2036-11-26T08:55:46.488Z","wait":315360000000000000,"agreed":"2026-11-29T08:55:46.509Z","started":"2026-11-29T08:55:46.513Z","finished":"2026-11-29T08:55:46.536Z","owner":"TXOFONX6HMJ7CH2LWTHI6N2S5E","lease_until":"2026-11-29T08:56:06.513Z","fence":1,"outcome":"Successful","result":{"tone":"good","outcome":"Successful","title":"Disconnect Agent From Network","text":"Disconnect Agent From Network: 1 of 1 endpoint: isolation accepted: TWIN-3","parts":[{"line":[{"t":"1 of 1 endpoint: isolation accepted."}]},{"table":{"Columns":[{"Title":"Name","Right":false},{"Title":"Result","Right":false},{"Title":"State","Right":false},{"Title":"Where","Right":false}],"Rows":[[[{"k":"l","t":"TWIN-3","u":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000003%22%7D"}],[{"t":"isolated"}],[{"t":"online"}],[{"t":"Paris / Default Group"}]]]}}],"actions":[{"button":{"Label":"Reconnect","Style":"","Do":{"c":"connect-agent-to-network","a":{"agent-ids":["1900000000000000003"]}},"URL":"","Confirm":""}},{"button":{"Label":"Open in console","Style":"","Do":{"c":""},"URL":"http://127.0.0.1:44905/sentinels/devices?page=1\u0026filter=%7B%22ids%22%3A%221900000000000000003%22%7D","Confirm":""}}]},"effect":{"accepted":1},"cards":[{"channel":"C0APPROVALS","ts":"1795942546.498709","shown":4}],"copies":[{"channel":"C0APPROVALS","ts":"1795942546.544712","shown":4},{"channel":"D000000001","ts":"1795942546.554793","shown":4}],"rev":4,"moved":"2026-11-29T08:55:46.536Z","told":true}',0,1795955146536);
CREATE TABLE schema_versions (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO "schema_versions" VALUES(1,0,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(2,1,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(3,2,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(4,3,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(5,4,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(6,5,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(7,6,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(8,7,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(9,8,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(10,9,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(11,10,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(12,11,1,'2026-11-29 08:55:44');
INSERT INTO "schema_versions" VALUES(13,12,1,'2026-11-29 08:55:44');
CREATE TABLE snoozes (
	id      TEXT PRIMARY KEY,
	until   BIGINT NOT NULL,
	body    TEXT NOT NULL
);
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
CREATE INDEX history_at ON history (at);
CREATE INDEX queries_at ON queries (at);
CREATE INDEX jobs_until ON jobs (until, id);
CREATE INDEX rates_full_at ON rates (full_at);
CREATE INDEX audit_ref ON audit (ref, seq);
CREATE INDEX inbox_owner ON inbox (owner) WHERE finished = 0;
CREATE INDEX homes_opened ON homes (opened);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('schema_versions',13);
