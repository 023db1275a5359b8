BEGIN TRANSACTION;
CREATE TABLE account (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "account" VALUES(1,'main',1759740800000);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE consent (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	purpose TEXT NOT NULL, 
	visitor TEXT, 
	lead_id BLOB, 
	submission_id BLOB, 
	site_id BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	text TEXT NOT NULL, 
	text_version TEXT NOT NULL, 
	language TEXT NOT NULL, 
	how TEXT NOT NULL, 
	proof TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "consent" VALUES(1,X'0199C30664007F2D927DE37B942BAAD0','tracking','vAAAAAAAAAAAAAAAAAAAAA',NULL,NULL,42,'granted','','','','','ppppppppppppppppppppppppppppppppppppppppppp',1759917200000);
INSERT INTO "consent" VALUES(1,X'463E52818BCC01600B5501AB880D334B','tracking','vBBBBBBBBBBBBBBBBBBBBB',NULL,NULL,0,'denied','','','','owner','',1760000000001);
CREATE TABLE conversion (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	site_id BIGINT NOT NULL, 
	lead_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	visitor TEXT, 
	result TEXT NOT NULL, 
	counted SMALLINT NOT NULL, 
	duplicate_of BLOB, 
	digest BLOB NOT NULL, 
	form TEXT NOT NULL, 
	url TEXT NOT NULL, 
	email TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	organization TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	message TEXT NOT NULL, 
	marketing SMALLINT NOT NULL, 
	marketing_text TEXT NOT NULL, 
	marks SMALLINT NOT NULL, 
	CONSTRAINT pk_conversion PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "conversion" VALUES(1,X'0199C3074E6074739E3A265E16EEE03F',42,X'0199C33E3CE07F4BA612125FB3A0DAEC','lead',1759917260000,'vAAAAAAAAAAAAAAAAAAAAA','confirmed',1,NULL,X'131F459F2B7CE140A9731AE3B3FDB875','contact','https://example.com/','camille@example.org','+33612345678','Camille Durand','','','','','',0,'',0);
INSERT INTO "conversion" VALUES(1,X'0199C7F5D1807B22B777D4DD1FC61C6F',42,X'0199C33E3CE07F4BA612125FB3A0DAEC','lead',1759996400000,'vAAAAAAAAAAAAAAAAAAAAA','failed',0,NULL,X'DCAF4E3493CD25C31DD0DC200FCCCF95','contact','https://example.com/','camille@example.org','','','','','','','',0,'',0);
INSERT INTO "conversion" VALUES(1,X'0199C82CBFFC7629BA6598D732768F7C',42,X'0199C82CBFFC785FBEC7EB32F30B90CD','lead',1759999999996,'vBBBBBBBBBBBBBBBBBBBBB','unknown',1,NULL,X'F23CE5BBCD74BA6884E3312D8DA37FFB','contact','https://example.com/','nora@example.org','','','','','','','',0,'',0);
INSERT INTO "conversion" VALUES(1,X'0199C82CBFFD7523940F1504CD17100C',42,X'0199C82CBFFD7523940F1504CD17100C','message',1759999999997,NULL,'unknown',1,NULL,X'47654EB4574C4692CADF54684AF89010','contact','https://example.com/','','','','','','','','Bonjour, une question.',0,'',0);
CREATE TABLE edge (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	visitor TEXT NOT NULL, 
	identifier_id BLOB NOT NULL, 
	submission_id BLOB, 
	kind TEXT NOT NULL, 
	strength SMALLINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_edge PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "edge" VALUES(1,X'3C996DF45B7B8779051E852DF01C24E6','vBBBBBBBBBBBBBBBBBBBBB',X'E1B7753C1C663B9220AA4F2545C9D16B',X'0199C82CBFFC7629BA6598D732768F7C','form',2,1759999999996);
INSERT INTO "edge" VALUES(1,X'674CED51AD56EE5D4DE6CF95C90B663D','vAAAAAAAAAAAAAAAAAAAAA',X'CA3EF0F86CE405E08D8F1A885DAB5E13',X'0199C3074E6074739E3A265E16EEE03F','form',2,1759917260000);
INSERT INTO "edge" VALUES(1,X'BDFE6CC6C8FDDC0007E02CDA7330EE95','vAAAAAAAAAAAAAAAAAAAAA',X'CA3EF0F86CE405E08D8F1A885DAB5E13',X'0199C7F5D1807B22B777D4DD1FC61C6F','form',2,1759996400000);
CREATE TABLE edit (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	lead_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_edit PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
CREATE TABLE event (
	account_id INTEGER NOT NULL, 
	month INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	site_id BIGINT NOT NULL, 
	type SMALLINT NOT NULL, 
	at BIGINT NOT NULL, 
	received_at BIGINT NOT NULL, 
	visitor TEXT, 
	page TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	data TEXT NOT NULL, 
	marks SMALLINT NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (account_id, month, id)
)
 WITHOUT ROWID

;
INSERT INTO "event" VALUES(1,202510,X'0199C306640077F68011776E8DB7CD33',42,0,1759917200000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=rentree','{"again":1,"agent":"Chrome 156 · Windows · desktop","language":"fr-FR","nav":"load","title":"Accueil"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C30664007F2D927DE37B942BAAD0',42,11,1759917200000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/','{"proof":"ppppppppppppppppppppppppppppppppppppppppppp","purpose":"tracking","state":"granted"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C30687287902A99BE42C8A8E46FB',42,1,1759917209000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',1,'https://example.com/','{"ms":8000,"scroll":70}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C3068B107C628232CDD221771294',42,3,1759917210000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',2,'https://example.com/','{"name":"brochure","props":{"page":3}}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C307275079589E27DE7CED00FF1C',42,5,1759917250000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',3,'https://example.com/','{"field":"email","form":"contact"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C3074E6074739E3A265E16EEE03F',42,8,1759917260000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/','{"action":"https://example.com/send","form":"contact","how":"submit","submission":"0199c307-4e60-7b86-b273-ff34fce19d6b"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C30750547A449C15364204A80FE8',42,9,1759917260500,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/','{"by":"response","result":"confirmed","submission":"0199c307-4e60-7b86-b273-ff34fce19d6b"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C7F5D1807B22B777D4DD1FC61C6F',42,8,1759996400000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/','{"action":"https://example.com/send","form":"contact","how":"submit","submission":"0199c7f5-d180-7e07-8085-62bedb8b60ce"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C7F5D1807FC8AB26AECB47D2868C',42,0,1759996400000,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0002',0,'https://example.com/devis','{"agent":"Chrome 156 · Windows · desktop","language":"fr-FR","nav":"load","referrer":"https://www.google.com/","title":"Accueil"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C7F5D3747B519431DF5D7F141CBE',42,9,1759996400500,1760000000000,'vAAAAAAAAAAAAAAAAAAAAA','page0001',0,'https://example.com/','{"by":"response","result":"failed","submission":"0199c7f5-d180-7e07-8085-62bedb8b60ce"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C82CBFFB7FDBA35F04DC8C462986',42,0,1759999999995,1760000000000,'vBBBBBBBBBBBBBBBBBBBBB','page0001',0,'https://example.com/','{"agent":"Chrome 156 · Windows · desktop","language":"fr-FR","nav":"load","referrer":"https://www.linkedin.com/","title":"Accueil"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C82CBFFC7629BA6598D732768F7C',42,8,1759999999996,1760000000000,'vBBBBBBBBBBBBBBBBBBBBB','page0001',0,'https://example.com/','{"action":"https://example.com/send","form":"contact","how":"submit","submission":"0199c82c-bffc-7527-a891-e224136950ff"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C82CBFFD7523940F1504CD17100C',42,8,1759999999997,1760000000000,NULL,'',0,'https://example.com/','{"action":"https://example.com/send","form":"contact","how":"submit","submission":"0199c82c-bffd-717e-b6d1-9c7a5b1ee83b"}',0);
INSERT INTO "event" VALUES(1,202510,X'0199C82CBFFF7400B1B21CB527D7FA3D',42,0,1759999999999,1760000000000,NULL,'page0001',0,'https://example.com/','{"nav":"load","title":"Accueil"}',0);
CREATE TABLE identifier (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	lead_id BLOB NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_identifier PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "identifier" VALUES(1,X'CA3EF0F86CE405E08D8F1A885DAB5E13','email','camille@example.org',X'0199C33E3CE07F4BA612125FB3A0DAEC',1760000000000);
INSERT INTO "identifier" VALUES(1,X'E1B7753C1C663B9220AA4F2545C9D16B','email','nora@example.org',X'0199C82CBFFC785FBEC7EB32F30B90CD',1760000000000);
CREATE TABLE kept_count (
	account_id INTEGER NOT NULL, 
	site_id BIGINT NOT NULL, 
	day INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	CONSTRAINT pk_kept_count PRIMARY KEY (account_id, site_id, day, kind)
)
 WITHOUT ROWID

;
CREATE TABLE lead (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	last_seen_at BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	organization TEXT NOT NULL, 
	message TEXT NOT NULL, 
	site_id BIGINT NOT NULL, 
	form TEXT NOT NULL, 
	page TEXT NOT NULL, 
	submissions INTEGER NOT NULL, 
	visits INTEGER NOT NULL, 
	first_channel TEXT NOT NULL, 
	first_source TEXT NOT NULL, 
	first_medium TEXT NOT NULL, 
	first_campaign TEXT NOT NULL, 
	first_at BIGINT, 
	last_channel TEXT NOT NULL, 
	last_source TEXT NOT NULL, 
	last_medium TEXT NOT NULL, 
	last_campaign TEXT NOT NULL, 
	last_at BIGINT, 
	marketing_consent TEXT NOT NULL, 
	marks SMALLINT NOT NULL, 
	search TEXT NOT NULL, 
	CONSTRAINT pk_lead PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "lead" VALUES(1,X'0199C33E3CE07F4BA612125FB3A0DAEC','lead',1759917260000,1759996400000,'Camille Durand','','','camille@example.org','+33612345678','','',42,'contact','https://example.com/',1,2,'Email','lettre','email','rentree',1759917200000,'Organic Search','google','organic','',1759996400000,'none',0,'camille durand camille@example.org +33612345678 https://example.com/');
INSERT INTO "lead" VALUES(1,X'0199C82CBFFC785FBEC7EB32F30B90CD','lead',1759999999996,1759999999996,'','','','nora@example.org','','','',42,'contact','https://example.com/',1,1,'Organic Social','linkedin','social','',1759999999995,'Organic Social','linkedin','social','',1759999999995,'none',0,'nora@example.org https://example.com/');
INSERT INTO "lead" VALUES(1,X'0199C82CBFFD7523940F1504CD17100C','message',1759999999997,1759999999997,'','','','','','','Bonjour, une question.',42,'contact','https://example.com/',1,0,'','','','',NULL,'','','','',NULL,'none',0,'https://example.com/ bonjour, une question.');
CREATE TABLE link (
	token BLOB NOT NULL, 
	account_id INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	user_id BLOB, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_link PRIMARY KEY (token)
)
 WITHOUT ROWID

;
CREATE TABLE login_session (
	token BLOB NOT NULL, 
	user_id BLOB NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_login_session PRIMARY KEY (token)
)
 WITHOUT ROWID

;
CREATE TABLE merge (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	from_lead BLOB NOT NULL, 
	into_lead BLOB NOT NULL, 
	actor TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_merge PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
CREATE TABLE refused (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	site_id BIGINT NOT NULL, 
	received_at BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_refused PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "refused" VALUES(1,X'0199C82CC00075CAB8F748A1D6EAF726',42,1760000000000,'bad-number',X'7B2276223A20312C202273697465223A2034322C202276697369746F72223A206E756C6C2C2022636F6E73656E74223A2022756E736574222C202273656E74223A20313736303030303030303030302C20226576656E7473223A205B7B226964223A202230313939633832632D626666652D376563392D393939662D633230336431373661333031222C202274797065223A202276696577222C20226174223A20313735393939393939393939382C20226E223A202D312C202270616765223A20227061676530303031222C202275726C223A202268747470733A2F2F6578616D706C652E636F6D2F222C20227265666572726572223A2022222C20227469746C65223A20224163637565696C222C20226E6176223A20226C6F6164227D5D7D');
CREATE TABLE refused_count (
	account_id INTEGER NOT NULL, 
	site_id BIGINT NOT NULL, 
	day INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	CONSTRAINT pk_refused_count PRIMARY KEY (account_id, site_id, day, reason)
)
 WITHOUT ROWID

;
INSERT INTO "refused_count" VALUES(1,42,20370,'bad-number',1);
CREATE TABLE retention (
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	months INTEGER NOT NULL, 
	days INTEGER NOT NULL, 
	CONSTRAINT pk_retention PRIMARY KEY (account_id, kind)
)
 WITHOUT ROWID

;
INSERT INTO "retention" VALUES(1,'audience',25,0);
INSERT INTO "retention" VALUES(1,'history',13,0);
INSERT INTO "retention" VALUES(1,'leads',36,0);
INSERT INTO "retention" VALUES(1,'refused',0,30);
CREATE TABLE session (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	visitor TEXT NOT NULL, 
	site_id BIGINT NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT NOT NULL, 
	last_page TEXT NOT NULL, 
	last_n INTEGER NOT NULL, 
	last_id BLOB NOT NULL, 
	views INTEGER NOT NULL, 
	events INTEGER NOT NULL, 
	engaged_ms BIGINT NOT NULL, 
	entry_url TEXT NOT NULL, 
	exit_url TEXT NOT NULL, 
	language TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	marks SMALLINT NOT NULL, 
	touch_id BLOB NOT NULL, 
	touch_at BIGINT NOT NULL, 
	touch_key TEXT NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "session" VALUES(1,X'0199C30664005C1175EEC60659A014D1','vAAAAAAAAAAAAAAAAAAAAA',42,1759917200000,1759917260000,'page0001',0,X'0199C3074E6074739E3A265E16EEE03F',1,5,8000,'https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=rentree','https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=rentree','fr-FR','Chrome 156 · Windows · desktop',0,X'0199C30664000AF02B10AB13D4D3EB4F',1759917200000,'Emaillettreemailrentree');
INSERT INTO "session" VALUES(1,X'0199C7F5D18095D441EDCA1E1D429C45','vAAAAAAAAAAAAAAAAAAAAA',42,1759996400000,1759996400000,'page0002',0,X'0199C7F5D1807FC8AB26AECB47D2868C',1,2,0,'https://example.com/','https://example.com/devis','fr-FR','Chrome 156 · Windows · desktop',0,X'0199C7F5D180138AD6A8CA8C28D76B37',1759996400000,'Organic Searchgoogleorganic');
INSERT INTO "session" VALUES(1,X'0199C82CBFFB56651D2955B5A1945E5B','vBBBBBBBBBBBBBBBBBBBBB',42,1759999999995,1759999999996,'page0001',0,X'0199C82CBFFC7629BA6598D732768F7C',1,2,0,'https://example.com/','https://example.com/','fr-FR','Chrome 156 · Windows · desktop',0,X'0199C82CBFFB577B99E93CFDC36C38AB',1759999999995,'Organic Sociallinkedinsocial');
CREATE TABLE site (
	id BIGINT NOT NULL, 
	account_id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	name TEXT NOT NULL, 
	consent TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	hosts TEXT NOT NULL, 
	kept TEXT NOT NULL, 
	country TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_site PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "site" VALUES(42,1,'example.com','Example','required','','[]','[]','FR','Europe/Paris',1759740800000);
CREATE TABLE span (
	account_id INTEGER NOT NULL, 
	visitor TEXT NOT NULL, 
	from_at BIGINT NOT NULL, 
	to_at BIGINT NOT NULL, 
	lead_id BLOB NOT NULL, 
	edge_id BLOB NOT NULL, 
	CONSTRAINT pk_span PRIMARY KEY (account_id, visitor, from_at)
)
 WITHOUT ROWID

;
INSERT INTO "span" VALUES(1,'vAAAAAAAAAAAAAAAAAAAAA',1752141260000,4611686018427387904,X'0199C33E3CE07F4BA612125FB3A0DAEC',X'674CED51AD56EE5D4DE6CF95C90B663D');
INSERT INTO "span" VALUES(1,'vBBBBBBBBBBBBBBBBBBBBB',1752223999996,4611686018427387904,X'0199C82CBFFC785FBEC7EB32F30B90CD',X'3C996DF45B7B8779051E852DF01C24E6');
CREATE TABLE submission (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	site_id BIGINT NOT NULL, 
	token TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	visitor TEXT, 
	form TEXT NOT NULL, 
	how TEXT NOT NULL, 
	action TEXT NOT NULL, 
	url TEXT NOT NULL, 
	marks SMALLINT NOT NULL, 
	CONSTRAINT pk_submission PRIMARY KEY (account_id, id), 
	CONSTRAINT uq_submission_account_id_site_id_token UNIQUE (account_id, site_id, token)
)
 WITHOUT ROWID

;
INSERT INTO "submission" VALUES(1,X'0199C3074E6074739E3A265E16EEE03F',42,'0199c307-4e60-7b86-b273-ff34fce19d6b',1759917260000,'vAAAAAAAAAAAAAAAAAAAAA','contact','submit','https://example.com/send','https://example.com/',0);
INSERT INTO "submission" VALUES(1,X'0199C7F5D1807B22B777D4DD1FC61C6F',42,'0199c7f5-d180-7e07-8085-62bedb8b60ce',1759996400000,'vAAAAAAAAAAAAAAAAAAAAA','contact','submit','https://example.com/send','https://example.com/',0);
INSERT INTO "submission" VALUES(1,X'0199C82CBFFC7629BA6598D732768F7C',42,'0199c82c-bffc-7527-a891-e224136950ff',1759999999996,'vBBBBBBBBBBBBBBBBBBBBB','contact','submit','https://example.com/send','https://example.com/',0);
INSERT INTO "submission" VALUES(1,X'0199C82CBFFD7523940F1504CD17100C',42,'0199c82c-bffd-717e-b6d1-9c7a5b1ee83b',1759999999997,NULL,'contact','submit','https://example.com/send','https://example.com/',0);
CREATE TABLE submission_field (
	account_id INTEGER NOT NULL, 
	submission_id BLOB NOT NULL, 
	place SMALLINT NOT NULL, 
	name TEXT NOT NULL, 
	field_id TEXT NOT NULL, 
	label TEXT NOT NULL, 
	hint TEXT NOT NULL, 
	type TEXT NOT NULL, 
	autocomplete TEXT NOT NULL, 
	value TEXT, 
	text TEXT, 
	checked SMALLINT, 
	preset SMALLINT NOT NULL, 
	withheld TEXT, 
	cut SMALLINT NOT NULL, 
	CONSTRAINT pk_submission_field PRIMARY KEY (account_id, submission_id, place)
)
 WITHOUT ROWID

;
INSERT INTO "submission_field" VALUES(1,X'0199C3074E6074739E3A265E16EEE03F',0,'email','email','Email','','email','','camille@example.org',NULL,NULL,0,NULL,0);
INSERT INTO "submission_field" VALUES(1,X'0199C3074E6074739E3A265E16EEE03F',1,'nom','nom','Nom','','text','','Camille Durand',NULL,NULL,0,NULL,0);
INSERT INTO "submission_field" VALUES(1,X'0199C3074E6074739E3A265E16EEE03F',2,'phone','phone','Phone','','tel','','06 12 34 56 78',NULL,NULL,0,NULL,0);
INSERT INTO "submission_field" VALUES(1,X'0199C7F5D1807B22B777D4DD1FC61C6F',0,'email','email','Email','','email','','camille@example.org',NULL,NULL,0,NULL,0);
INSERT INTO "submission_field" VALUES(1,X'0199C82CBFFC7629BA6598D732768F7C',0,'email','email','Email','','email','','nora@example.org',NULL,NULL,0,NULL,0);
INSERT INTO "submission_field" VALUES(1,X'0199C82CBFFD7523940F1504CD17100C',0,'message','message','Message','','textarea','','Bonjour, une question.',NULL,NULL,0,NULL,0);
CREATE TABLE submission_result (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	site_id BIGINT NOT NULL, 
	token TEXT NOT NULL, 
	result TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_submission_result PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "submission_result" VALUES(1,X'0199C30750547A449C15364204A80FE8',42,'0199c307-4e60-7b86-b273-ff34fce19d6b','confirmed','response',1759917260500);
INSERT INTO "submission_result" VALUES(1,X'0199C7F5D3747B519431DF5D7F141CBE',42,'0199c7f5-d180-7e07-8085-62bedb8b60ce','failed','response',1759996400500);
CREATE TABLE suppression (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_suppression PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
CREATE TABLE touch (
	account_id INTEGER NOT NULL, 
	session_id BLOB NOT NULL, 
	id BLOB NOT NULL, 
	visitor TEXT NOT NULL, 
	site_id BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	channel TEXT NOT NULL, 
	source TEXT NOT NULL, 
	medium TEXT NOT NULL, 
	campaign TEXT NOT NULL, 
	term TEXT NOT NULL, 
	content TEXT NOT NULL, 
	click_kind TEXT NOT NULL, 
	click_id TEXT NOT NULL, 
	referrer TEXT NOT NULL, 
	landing TEXT NOT NULL, 
	CONSTRAINT pk_touch PRIMARY KEY (account_id, session_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "touch" VALUES(1,X'0199C30664005C1175EEC60659A014D1',X'0199C30664000AF02B10AB13D4D3EB4F','vAAAAAAAAAAAAAAAAAAAAA',42,1759917200000,'Email','lettre','email','rentree','','','','','','https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=rentree');
INSERT INTO "touch" VALUES(1,X'0199C7F5D18095D441EDCA1E1D429C45',X'0199C7F5D180138AD6A8CA8C28D76B37','vAAAAAAAAAAAAAAAAAAAAA',42,1759996400000,'Organic Search','google','organic','','','','','','www.google.com','https://example.com/devis');
INSERT INTO "touch" VALUES(1,X'0199C82CBFFB56651D2955B5A1945E5B',X'0199C82CBFFB577B99E93CFDC36C38AB','vBBBBBBBBBBBBBBBBBBBBB',42,1759999999995,'Organic Social','linkedin','social','','','','','','www.linkedin.com','https://example.com/');
CREATE TABLE unmerge (
	account_id INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	merge_id BLOB NOT NULL, 
	actor TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_unmerge PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
CREATE TABLE user (
	id BLOB NOT NULL, 
	account_id INTEGER NOT NULL, 
	email TEXT NOT NULL, 
	password TEXT NOT NULL, 
	role TEXT NOT NULL, 
	language TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT uq_user_email UNIQUE (email)
)
 WITHOUT ROWID

;
CREATE TABLE visitor (
	account_id INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	first_at BIGINT NOT NULL, 
	withdrawn_at BIGINT, 
	proof TEXT NOT NULL, 
	CONSTRAINT pk_visitor PRIMARY KEY (account_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "visitor" VALUES(1,'vAAAAAAAAAAAAAAAAAAAAA',1759917200000,NULL,'ppppppppppppppppppppppppppppppppppppppppppp');
INSERT INTO "visitor" VALUES(1,'vBBBBBBBBBBBBBBBBBBBBB',1759999999995,1760000000001,'');
CREATE INDEX ix_consent_account_id_lead_id ON consent (account_id, lead_id);
CREATE INDEX ix_consent_account_id_visitor ON consent (account_id, visitor);
CREATE INDEX ix_conversion_account_id_digest ON conversion (account_id, digest);
CREATE INDEX ix_conversion_account_id_lead_id ON conversion (account_id, lead_id);
CREATE INDEX ix_edge_account_id_identifier_id ON edge (account_id, identifier_id);
CREATE INDEX ix_edge_account_id_visitor ON edge (account_id, visitor);
CREATE INDEX ix_edit_account_id_lead_id ON edit (account_id, lead_id);
CREATE INDEX ix_event_site ON event (account_id, site_id, received_at);
CREATE INDEX ix_event_visitor ON event (account_id, visitor, at) WHERE visitor IS NOT NULL;
CREATE INDEX ix_identifier_account_id_lead_id ON identifier (account_id, lead_id);
CREATE INDEX ix_lead_account_id_created_at_id ON lead (account_id, created_at, id);
CREATE INDEX ix_lead_account_id_kind_created_at_id ON lead (account_id, kind, created_at, id);
CREATE INDEX ix_lead_account_id_site_id_created_at ON lead (account_id, site_id, created_at);
CREATE INDEX ix_login_session_user_id ON login_session (user_id);
CREATE INDEX ix_refused_account_id_site_id_received_at ON refused (account_id, site_id, received_at);
CREATE INDEX ix_session_account_id_site_id_started_at ON session (account_id, site_id, started_at);
CREATE INDEX ix_session_account_id_visitor_started_at ON session (account_id, visitor, started_at);
CREATE INDEX ix_site_account_id ON site (account_id);
CREATE INDEX ix_span_account_id_lead_id ON span (account_id, lead_id);
CREATE INDEX ix_submission_account_id_visitor ON submission (account_id, visitor);
CREATE INDEX ix_submission_result_account_id_site_id_token ON submission_result (account_id, site_id, token);
COMMIT;
