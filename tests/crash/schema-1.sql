-- SPDX-License-Identifier: MIT
-- A store of schema 1 with twelve people and one live rule set, as `.dump` of sqlite3 writes it.
BEGIN TRANSACTION;
CREATE TABLE attempt(
  id BLOB PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  relay TEXT NOT NULL,
  started_at INTEGER NOT NULL, ended_at INTEGER,
  outcome TEXT NOT NULL,
  code INTEGER NOT NULL, enhanced TEXT NOT NULL, remote_id TEXT NOT NULL) STRICT;
CREATE TABLE candidate(
  id INTEGER PRIMARY KEY,
  part INTEGER NOT NULL DEFAULT 0,
  ref TEXT NOT NULL UNIQUE,
  joined_at INTEGER NOT NULL,   -- came into the store: the event `joined`
  erased_at INTEGER,
  email_key BLOB,
  phone_key BLOB,
  first_name TEXT, last_name TEXT, email TEXT, phone TEXT, city TEXT, state TEXT, postal_code TEXT, time_zone TEXT,
  language TEXT, owner TEXT, created TEXT) STRICT;
INSERT INTO "candidate" VALUES(1,0,'c1',1795364073,NULL,X'7E9C57743D83480308D5D3B49CCE57B7B09F8F75F5ED9FB46D5086B067E4BAA4',NULL,'Ana',NULL,'ana1@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(2,0,'c2',1795364073,NULL,X'50766BE0712543B69B67AC3486B70FABE70AEE5453305628681353F6FB70FD54',NULL,'Ana',NULL,'ana2@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(3,0,'c3',1795364073,NULL,X'F9DE3BA4585920E49407A734DC515F0D30653FD383B6845049323FDF25A9C82D',NULL,'Ana',NULL,'ana3@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(4,0,'c4',1795364073,NULL,X'8E8E315F72F888ECC472BDAFD062EDC9A776933B94FAFA060C84495B5BF9930A',NULL,'Ana',NULL,'ana4@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(5,0,'c5',1795364073,NULL,X'A56D631BC301D6986EDE1DBC381D733753A6F4D582EB6098C137BF8D6461623A',NULL,'Ana',NULL,'ana5@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(6,0,'c6',1795364073,NULL,X'3A15EA0F807A5E0D6BBA11FE9CECFBE932D915A8E2DBD05EF3EBE2EC905CB64B',NULL,'Ana',NULL,'ana6@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(7,0,'c7',1795364073,NULL,X'F44E94CB5460DED474687CC75B93FA3A7FE6BF692C4E888009D6AC88E3CD0044',NULL,'Ana',NULL,'ana7@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(8,0,'c8',1795364073,NULL,X'14668355F23FE1F7BC7098373D45A9CD1D833CDE743EF2EE96BC1D223753E02D',NULL,'Ana',NULL,'ana8@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(9,0,'c9',1795364073,NULL,X'EDAF310246E4FAD1E292C39CF81150633AB4D3A8927C45A29D6BCFC219B48815',NULL,'Ana',NULL,'ana9@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(10,0,'c10',1795364073,NULL,X'80042EC6C6CA9B100D10C7F49B360B27E53CC2118FF8B200D0D0E6DAE5B24793',NULL,'Ana',NULL,'ana10@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(11,0,'c11',1795364073,NULL,X'67DC7C023EAF038C9A9A5410626B4E87EACEB847BA0EA47E778E2C5EA3716731',NULL,'Ana',NULL,'ana11@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "candidate" VALUES(12,0,'c12',1795364073,NULL,X'C1315736686848DCA5604840090A5FD8F58F8A66C6EC3AAC5239285399EF1A11',NULL,'Ana',NULL,'ana12@candidates.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE candidate_item(    -- entries of list fields, in the file's order
  candidate INTEGER, field TEXT, pos INTEGER, value TEXT NOT NULL,
  PRIMARY KEY(candidate,field,pos)) STRICT, WITHOUT ROWID;
INSERT INTO "candidate_item" VALUES(1,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(1,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(2,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(2,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(3,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(3,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(4,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(4,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(5,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(5,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(6,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(6,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(7,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(7,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(8,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(8,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(9,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(9,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(10,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(10,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(11,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(11,'specialty',1,'CVICU');
INSERT INTO "candidate_item" VALUES(12,'specialty',0,'ICU');
INSERT INTO "candidate_item" VALUES(12,'specialty',1,'CVICU');
CREATE TABLE check_run(campaign TEXT PRIMARY KEY, ran_for INTEGER NOT NULL, left_over INTEGER NOT NULL) STRICT;
CREATE TABLE consent(
  candidate INTEGER, name TEXT COLLATE NOCASE, at INTEGER, status TEXT CHECK(status IN ('given','withdrawn')),
  source TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY(candidate,name,at,status)) STRICT, WITHOUT ROWID;
INSERT INTO "consent" VALUES(1,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(2,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(3,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(4,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(5,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(6,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(7,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(8,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(9,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(10,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(11,'job news',1795364073,'given','people.csv','');
INSERT INTO "consent" VALUES(12,'job news',1795364073,'given','people.csv','');
CREATE TABLE edge(was TEXT, state TEXT, PRIMARY KEY(was,state)) STRICT, WITHOUT ROWID;
INSERT INTO "edge" VALUES('HELD','CANCELLED');
INSERT INTO "edge" VALUES('HELD','EXPIRED');
INSERT INTO "edge" VALUES('HELD','READY');
INSERT INTO "edge" VALUES('HELD','SUPPRESSED');
INSERT INTO "edge" VALUES('INFLIGHT','IN_DOUBT');
INSERT INTO "edge" VALUES('INFLIGHT','READY');
INSERT INTO "edge" VALUES('INFLIGHT','REJECTED');
INSERT INTO "edge" VALUES('INFLIGHT','SENT');
INSERT INTO "edge" VALUES('IN_DOUBT','REJECTED');
INSERT INTO "edge" VALUES('IN_DOUBT','SENT');
INSERT INTO "edge" VALUES('READY','CANCELLED');
INSERT INTO "edge" VALUES('READY','EXPIRED');
INSERT INTO "edge" VALUES('READY','FAILED_RENDER');
INSERT INTO "edge" VALUES('READY','HELD');
INSERT INTO "edge" VALUES('READY','INFLIGHT');
INSERT INTO "edge" VALUES('READY','READY');
INSERT INTO "edge" VALUES('READY','REJECTED');
INSERT INTO "edge" VALUES('READY','SUPPRESSED');
CREATE TABLE enrolment(
  id INTEGER PRIMARY KEY,
  candidate INTEGER NOT NULL REFERENCES candidate,
  campaign TEXT NOT NULL,
  step_list BLOB NOT NULL REFERENCES step_list,
  round INTEGER NOT NULL,
  addr_key BLOB,
  entered_at INTEGER NOT NULL,
  event_value TEXT NOT NULL, event_at INTEGER,
  position INTEGER NOT NULL, step TEXT NOT NULL,
  phase TEXT NOT NULL CHECK(phase IN ('pending','waiting','asked','ready','released','ended')),
  anchor INTEGER, months_anchor INTEGER, ready_since INTEGER, due INTEGER, paused_until INTEGER,
  held_since INTEGER, approval INTEGER, muted INTEGER NOT NULL, blocked TEXT NOT NULL,
  ended_at INTEGER, end_reason TEXT NOT NULL,
  CHECK((phase='ended')=(ended_at IS NOT NULL))) STRICT;
CREATE TABLE event(
  candidate INTEGER, kind TEXT, at INTEGER, detail TEXT, message INTEGER,
  PRIMARY KEY(candidate,kind,at,detail)) STRICT, WITHOUT ROWID;
CREATE TABLE feedback(message INTEGER, kind TEXT, at INTEGER NOT NULL, PRIMARY KEY(message,kind)) STRICT, WITHOUT ROWID;
CREATE TABLE field(name TEXT PRIMARY KEY, type TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "field" VALUES('city','text');
INSERT INTO "field" VALUES('created','date');
INSERT INTO "field" VALUES('email','text');
INSERT INTO "field" VALUES('first_name','text');
INSERT INTO "field" VALUES('language','text');
INSERT INTO "field" VALUES('last_name','text');
INSERT INTO "field" VALUES('owner','text');
INSERT INTO "field" VALUES('phone','text');
INSERT INTO "field" VALUES('postal_code','text');
INSERT INTO "field" VALUES('specialty','list');
INSERT INTO "field" VALUES('state','text');
INSERT INTO "field" VALUES('time_zone','text');
CREATE TABLE gate(
  kind TEXT, name TEXT, since INTEGER NOT NULL, until INTEGER, value INTEGER NOT NULL, why TEXT NOT NULL,
  PRIMARY KEY(kind,name)) STRICT, WITHOUT ROWID;
CREATE TABLE human_step(
  id INTEGER PRIMARY KEY,
  enrolment INTEGER REFERENCES enrolment,
  candidate INTEGER NOT NULL REFERENCES candidate,
  campaign TEXT NOT NULL, step TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('approval','note','task','reply')),
  owner TEXT NOT NULL,
  text TEXT NOT NULL,
  channel TEXT NOT NULL CHECK(channel IN ('email','sms')), template TEXT NOT NULL,
  thread INTEGER REFERENCES message,
  asked_at INTEGER NOT NULL, deadline INTEGER,
  shown BLOB,
  note TEXT NOT NULL,
  decided_at INTEGER, decision TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL,
  UNIQUE(enrolment,step,asked_at)) STRICT;
CREATE TABLE inbox(
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
  first INTEGER, last INTEGER,  -- candidates first..last
  subject INTEGER,              -- message, human step or rule set
  field TEXT, old TEXT, new TEXT, happened_at INTEGER,
  live INTEGER NOT NULL DEFAULT 0,
  by TEXT) STRICT;
INSERT INTO "inbox" VALUES(1,1795364073,'changed',1,12,NULL,'',NULL,NULL,NULL,0,'root');
INSERT INTO "inbox" VALUES(2,1795364073,'applied',NULL,NULL,1,'',NULL,NULL,NULL,0,'root');
CREATE TABLE journal(
  part INTEGER, seq INTEGER, at INTEGER NOT NULL, kind TEXT NOT NULL, message INTEGER, enrolment INTEGER,
  body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY(part,seq)) STRICT, WITHOUT ROWID;
INSERT INTO "journal" VALUES(0,1,1795364073,'applied',NULL,NULL,'{"rule_set":1,"hash":"36e66c72ff2781a627e3992260833b80da810c1faae9bc2774dae7e3893c709e","plan":"e010da21bf734db25e822cd91e6718823428905280220312768f243dacbc8b9c","by":"root"}',X'0000000000000000000000000000000000000000000000000000000000000000',X'BB48347715A9299377D6CB27E88FC6BF1E0066C6EDAD583EFD4678ECEC1A2572');
CREATE TABLE list_member(
  candidate INTEGER, list TEXT COLLATE NOCASE, since INTEGER NOT NULL, until INTEGER,
  PRIMARY KEY(candidate,list)) STRICT, WITHOUT ROWID;
CREATE TABLE message(
  id INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL CHECK(purpose IN ('campaign','digest','test')),
  enrolment INTEGER REFERENCES enrolment, campaign TEXT, step TEXT, round INTEGER,
  channel TEXT NOT NULL CHECK(channel IN ('email','sms')),
  candidate INTEGER REFERENCES candidate,
  addr_key BLOB NOT NULL,
  template TEXT NOT NULL, owner TEXT NOT NULL, recipient TEXT NOT NULL,
  rule_set INTEGER REFERENCES rule_set,
  consent TEXT,
  approval INTEGER REFERENCES human_step, note INTEGER REFERENCES human_step, shown BLOB,
  thread INTEGER REFERENCES message,
  slot INTEGER NOT NULL, closes INTEGER NOT NULL, expires INTEGER NOT NULL, not_before INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  counted_at INTEGER, accepted_at INTEGER, closed_at INTEGER,
  text_hash BLOB, subject TEXT,
  CHECK(purpose<>'campaign' OR (enrolment IS NOT NULL AND campaign IS NOT NULL AND step IS NOT NULL
    AND candidate IS NOT NULL AND rule_set IS NOT NULL)),
  UNIQUE(enrolment,step), UNIQUE(campaign,step,round,addr_key)) STRICT;
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;
INSERT INTO "meta" VALUES('store_id','d14d57f2d53e986ff4688cabc21369b4');
INSERT INTO "meta" VALUES('pepper',X'620ED4BB4470D47EA37AAF5A8BFCBB75DAD17BFD56FBF0513844AB67D51F9C98');
INSERT INTO "meta" VALUES('purpose','live');
CREATE TABLE quota(
  part INTEGER, scope TEXT, name TEXT, period INTEGER, granted INTEGER, used INTEGER NOT NULL,
  PRIMARY KEY(part,scope,name,period)) STRICT, WITHOUT ROWID;
CREATE TABLE rule_set(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  files TEXT NOT NULL,          -- JSON: [{"path":…,"text":…}], the whole source
  bounds TEXT NOT NULL,         -- JSON: {campaign: approved size of its audience}
  plan TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  applied_by TEXT NOT NULL,
  live INTEGER NOT NULL CHECK(live IN (0,1))) STRICT;
INSERT INTO "rule_set" VALUES(1,X'36E66C72FF2781A627E3992260833B80DA810C1FAAE9BC2774DAE7E3893C709E','[{"path":"Hello.nurture","text":"edition 2026\n\ncampaign \"Hello\"\n  owner \"dana.wu\"\n  audience \"Everybody\"\n  from owner\n  check every day at 00:00\n  send monday to sunday between 00:00 and 24:00\n  enroll at most 1000 per day\n  re-enter never\n\n  stop when candidate has replied\n  stop when candidate leaves the audience\n\n  step hello: email \"Hello\"\nend\n\ntemplate \"Hello\" for email\n  subject \"Hello for {{first_name or you}}\"\n  | Hi {{first_name or there}},\n  |\n  | we wanted to say hello.\n  |\n  | {{owner_name}}, {{postal_address}}\n  | Stop these emails: {{unsubscribe_link}}\nend\n"},{"path":"house.nurture","text":"edition 2026\n\nfields\n  specialty list of text\nend\n\npolicy \"Lone Star Staffing\"\n  postal address \"500 Main St, Dallas, TX 75201\"\n  time zone candidate, otherwise \"Etc/UTC\"\n  email requires consent \"job news\"\nend\n\nsegment \"Everybody\"\n  email is known\nend\n"}]','{"Hello":12}','e010da21bf734db25e822cd91e6718823428905280220312768f243dacbc8b9c',1795364073,'root',1);
CREATE TABLE step_list(
  hash BLOB PRIMARY KEY,
  campaign TEXT NOT NULL,
  rule_set INTEGER NOT NULL REFERENCES rule_set) STRICT;
INSERT INTO "step_list" VALUES(X'B59C6C601CF549B42FF70240B38E648C7B10181CC87CDB5DADAA45B49308E964','Hello',1);
CREATE TABLE suppression(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  channel TEXT NOT NULL CHECK(channel IN ('email','sms')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  lifted_at INTEGER, lifted_by TEXT, why TEXT,
  CHECK(lifted_at IS NULL OR (coalesce(lifted_by,'')<>'' AND coalesce(why,'')<>''))) STRICT;
CREATE UNIQUE INDEX one_live ON rule_set(live) WHERE live=1;
CREATE INDEX candidate_email ON candidate(email_key) WHERE email_key IS NOT NULL;
CREATE INDEX candidate_phone ON candidate(phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX list_people ON list_member(list);
CREATE UNIQUE INDEX suppressed ON suppression(key,channel) WHERE lifted_at IS NULL;
CREATE TRIGGER suppression_kept BEFORE DELETE ON suppression
  BEGIN SELECT RAISE(ABORT,'suppressions are never deleted'); END;
CREATE TRIGGER suppression_grows BEFORE UPDATE ON suppression
  WHEN NEW.key IS NOT OLD.key OR NEW.channel IS NOT OLD.channel OR NEW.at IS NOT OLD.at OR OLD.lifted_at IS NOT NULL
    OR (NEW.until IS NOT OLD.until AND (OLD.until IS NULL OR NEW.until<OLD.until))
  BEGIN SELECT RAISE(ABORT,'suppressions only grow'); END;
CREATE UNIQUE INDEX one_live_enrolment ON enrolment(campaign,candidate) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX one_live_mailbox ON enrolment(campaign,addr_key) WHERE ended_at IS NULL AND phase<>'pending';
CREATE INDEX enrolment_mailbox ON enrolment(campaign,addr_key);
CREATE INDEX enrolment_candidate ON enrolment(candidate);
CREATE INDEX enrolment_step_list ON enrolment(step_list) WHERE ended_at IS NULL;
CREATE TRIGGER enrolment_kept BEFORE DELETE ON enrolment
  BEGIN SELECT RAISE(ABORT,'enrolments are never deleted'); END;
CREATE INDEX human_step_open ON human_step(owner,deadline) WHERE decided_at IS NULL;
CREATE INDEX message_due ON message(not_before) WHERE state='READY';
CREATE INDEX message_caps ON message(candidate,counted_at);
CREATE INDEX message_open ON message(state) WHERE state IN ('HELD','INFLIGHT','IN_DOUBT');
CREATE TRIGGER message_edge BEFORE UPDATE OF state ON message
  WHEN NOT EXISTS(SELECT 1 FROM edge WHERE was=OLD.state AND state=NEW.state)
  BEGIN SELECT RAISE(ABORT,'illegal edge'); END;
CREATE TRIGGER message_born BEFORE INSERT ON message WHEN NEW.state NOT IN ('READY','HELD')
  BEGIN SELECT RAISE(ABORT,'illegal birth'); END;
CREATE TRIGGER message_kept BEFORE DELETE ON message
  BEGIN SELECT RAISE(ABORT,'messages are never deleted'); END;
CREATE INDEX attempt_message ON attempt(message);
CREATE INDEX journal_enrolment ON journal(enrolment) WHERE enrolment IS NOT NULL;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT,'the journal only grows'); END;
CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT,'the journal only grows'); END;
COMMIT;
PRAGMA application_id=1853190772;
PRAGMA user_version=1;
