// SPDX-License-Identifier: MIT
#include "daemon/store/schema.hpp"

namespace nurture::store {
namespace {

// Conventions: `at` and its like are Unix seconds UTC; keys and hashes are blobs; words are spelled as in the headers.
// Beyond the sketch of the design: field (types of columns; text and date look alike to SQLite), candidate.joined_at,
// positions of list entries, list membership with an end, suspensions with an end, inbox rows with a subject, an
// instant and `live`, what an enrolment's walk needs (position, anchors of month waits, ready_since, the event), what a
// message needs to be composed again (owner, note, thread) and the hash of what was handed over, and gates. Leases are
// not stored: one process claims messages, and keeps its claims in memory.
constexpr const char* k_patch_1 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;

CREATE TABLE rule_set(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  files TEXT NOT NULL,          -- JSON: [{"path":…,"text":…}], the whole source
  bounds TEXT NOT NULL,         -- JSON: {campaign: approved size of its audience}
  plan TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  applied_by TEXT NOT NULL,
  live INTEGER NOT NULL CHECK(live IN (0,1))) STRICT;
CREATE UNIQUE INDEX one_live ON rule_set(live) WHERE live=1;
CREATE TABLE step_list(
  hash BLOB PRIMARY KEY,
  campaign TEXT NOT NULL,
  rule_set INTEGER NOT NULL REFERENCES rule_set) STRICT;

-- People. One column per field: built-ins here, declared ones are added.
CREATE TABLE field(name TEXT PRIMARY KEY, type TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO field VALUES('first_name','text'),('last_name','text'),('email','text'),('phone','text'),('city','text'),
  ('state','text'),('postal_code','text'),('time_zone','text'),('language','text'),('owner','text'),('created','date');
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
CREATE INDEX candidate_email ON candidate(email_key) WHERE email_key IS NOT NULL;
CREATE INDEX candidate_phone ON candidate(phone_key) WHERE phone_key IS NOT NULL;
CREATE TABLE candidate_item(    -- entries of list fields, in the file's order
  candidate INTEGER, field TEXT, pos INTEGER, value TEXT NOT NULL,
  PRIMARY KEY(candidate,field,pos)) STRICT, WITHOUT ROWID;
CREATE TABLE event(
  candidate INTEGER, kind TEXT, at INTEGER, detail TEXT, message INTEGER,
  PRIMARY KEY(candidate,kind,at,detail)) STRICT, WITHOUT ROWID;
CREATE TABLE consent(
  candidate INTEGER, name TEXT COLLATE NOCASE, at INTEGER, status TEXT CHECK(status IN ('given','withdrawn')),
  source TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY(candidate,name,at,status)) STRICT, WITHOUT ROWID;
CREATE TABLE list_member(
  candidate INTEGER, list TEXT COLLATE NOCASE, since INTEGER NOT NULL, until INTEGER,
  PRIMARY KEY(candidate,list)) STRICT, WITHOUT ROWID;
CREATE INDEX list_people ON list_member(list);

CREATE TABLE suppression(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  channel TEXT NOT NULL CHECK(channel IN ('email','sms')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  lifted_at INTEGER, lifted_by TEXT, why TEXT,
  CHECK(lifted_at IS NULL OR (coalesce(lifted_by,'')<>'' AND coalesce(why,'')<>''))) STRICT;
CREATE UNIQUE INDEX suppressed ON suppression(key,channel) WHERE lifted_at IS NULL;
CREATE TRIGGER suppression_kept BEFORE DELETE ON suppression
  BEGIN SELECT RAISE(ABORT,'suppressions are never deleted'); END;
CREATE TRIGGER suppression_grows BEFORE UPDATE ON suppression
  WHEN NEW.key IS NOT OLD.key OR NEW.channel IS NOT OLD.channel OR NEW.at IS NOT OLD.at OR OLD.lifted_at IS NOT NULL
    OR (NEW.until IS NOT OLD.until AND (OLD.until IS NULL OR NEW.until<OLD.until))
  BEGIN SELECT RAISE(ABORT,'suppressions only grow'); END;

CREATE TABLE inbox(
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
  first INTEGER, last INTEGER,  -- candidates first..last
  subject INTEGER,              -- message, human step or rule set
  field TEXT, old TEXT, new TEXT, happened_at INTEGER,
  live INTEGER NOT NULL DEFAULT 0,
  by TEXT) STRICT;

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
CREATE UNIQUE INDEX one_live_enrolment ON enrolment(campaign,candidate) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX one_live_mailbox ON enrolment(campaign,addr_key) WHERE ended_at IS NULL AND phase<>'pending';
CREATE INDEX enrolment_mailbox ON enrolment(campaign,addr_key);
CREATE INDEX enrolment_candidate ON enrolment(candidate);
CREATE INDEX enrolment_step_list ON enrolment(step_list) WHERE ended_at IS NULL;
CREATE TRIGGER enrolment_kept BEFORE DELETE ON enrolment
  BEGIN SELECT RAISE(ABORT,'enrolments are never deleted'); END;

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
CREATE INDEX human_step_open ON human_step(owner,deadline) WHERE decided_at IS NULL;

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
CREATE INDEX message_due ON message(not_before) WHERE state='READY';
CREATE INDEX message_caps ON message(candidate,counted_at);
CREATE INDEX message_open ON message(state) WHERE state IN ('HELD','INFLIGHT','IN_DOUBT');
CREATE TABLE edge(was TEXT, state TEXT, PRIMARY KEY(was,state)) STRICT, WITHOUT ROWID;
INSERT INTO edge VALUES
  ('READY','READY'),('READY','HELD'),('READY','INFLIGHT'),('READY','REJECTED'),('READY','SUPPRESSED'),('READY','EXPIRED'),
  ('READY','CANCELLED'),('READY','FAILED_RENDER'),
  ('HELD','READY'),('HELD','SUPPRESSED'),('HELD','EXPIRED'),('HELD','CANCELLED'),
  ('INFLIGHT','SENT'),('INFLIGHT','READY'),('INFLIGHT','REJECTED'),('INFLIGHT','IN_DOUBT'),
  ('IN_DOUBT','SENT'),('IN_DOUBT','REJECTED');
CREATE TRIGGER message_edge BEFORE UPDATE OF state ON message
  WHEN NOT EXISTS(SELECT 1 FROM edge WHERE was=OLD.state AND state=NEW.state)
  BEGIN SELECT RAISE(ABORT,'illegal edge'); END;
CREATE TRIGGER message_born BEFORE INSERT ON message WHEN NEW.state NOT IN ('READY','HELD')
  BEGIN SELECT RAISE(ABORT,'illegal birth'); END;
CREATE TRIGGER message_kept BEFORE DELETE ON message
  BEGIN SELECT RAISE(ABORT,'messages are never deleted'); END;

CREATE TABLE attempt(
  id BLOB PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  relay TEXT NOT NULL,
  started_at INTEGER NOT NULL, ended_at INTEGER,
  outcome TEXT NOT NULL,
  code INTEGER NOT NULL, enhanced TEXT NOT NULL, remote_id TEXT NOT NULL) STRICT;
CREATE INDEX attempt_message ON attempt(message);
CREATE TABLE feedback(message INTEGER, kind TEXT, at INTEGER NOT NULL, PRIMARY KEY(message,kind)) STRICT, WITHOUT ROWID;

CREATE TABLE quota(
  part INTEGER, scope TEXT, name TEXT, period INTEGER, granted INTEGER, used INTEGER NOT NULL,
  PRIMARY KEY(part,scope,name,period)) STRICT, WITHOUT ROWID;
CREATE TABLE check_run(campaign TEXT PRIMARY KEY, ran_for INTEGER NOT NULL, left_over INTEGER NOT NULL) STRICT;
CREATE TABLE gate(
  kind TEXT, name TEXT, since INTEGER NOT NULL, until INTEGER, value INTEGER NOT NULL, why TEXT NOT NULL,
  PRIMARY KEY(kind,name)) STRICT, WITHOUT ROWID;

CREATE TABLE journal(
  part INTEGER, seq INTEGER, at INTEGER NOT NULL, kind TEXT NOT NULL, message INTEGER, enrolment INTEGER,
  body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY(part,seq)) STRICT, WITHOUT ROWID;
CREATE INDEX journal_enrolment ON journal(enrolment) WHERE enrolment IS NOT NULL;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT,'the journal only grows'); END;
CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT,'the journal only grows'); END;
)sql";

// What is due is found in the order in which it goes. Strikes: refusals that count against an address only when they
// come again. Tallies: what became of messages, by the hour, for breakers.
constexpr const char* k_patch_2 = R"sql(
DROP INDEX message_due;
CREATE INDEX message_due ON message(channel,not_before) WHERE state='READY';
CREATE TABLE strike(
  key BLOB, channel TEXT, reason TEXT, at INTEGER, PRIMARY KEY(key,channel,reason,at)) STRICT, WITHOUT ROWID;
CREATE TABLE tally(
  scope TEXT, name TEXT, hour INTEGER,
  ended INTEGER NOT NULL, bounced INTEGER NOT NULL, complained INTEGER NOT NULL, doubted INTEGER NOT NULL,
  PRIMARY KEY(scope,name,hour)) STRICT, WITHOUT ROWID;
)sql";

// Sending changes fewer pages. Attempts stand beside those of the same message: their ids come in no order, and an
// index by id was a page of its own for nearly each of them. What counts against a person's caps is read from the
// person's messages, which are few: an index by when they counted lost an entry and got another one whenever a message
// went. The partial index is written with OR: SQLite does not use one WHERE state IN (…) for state='INFLIGHT', and to
// keep it up it builds that list for the old row and for the new one, at every change of a message.
constexpr const char* k_patch_3 = R"sql(
CREATE TABLE attempt_of_message(
  message INTEGER NOT NULL REFERENCES message, id BLOB NOT NULL,
  relay TEXT NOT NULL,
  started_at INTEGER NOT NULL, ended_at INTEGER,
  outcome TEXT NOT NULL,
  code INTEGER NOT NULL, enhanced TEXT NOT NULL, remote_id TEXT NOT NULL,
  PRIMARY KEY(message,id)) STRICT, WITHOUT ROWID;
INSERT INTO attempt_of_message SELECT message,id,relay,started_at,ended_at,outcome,code,enhanced,remote_id FROM attempt
  ORDER BY message,id;
DROP TABLE attempt;
ALTER TABLE attempt_of_message RENAME TO attempt;
DROP INDEX message_caps;
CREATE INDEX message_candidate ON message(candidate);
DROP INDEX message_open;
CREATE INDEX message_open ON message(state) WHERE state='HELD' OR state='INFLIGHT' OR state='IN_DOUBT';
)sql";

// Which campaigns people are in, by which steps, is a few steps in an index, however many they are.
constexpr const char* k_patch_4 = R"sql(
DROP INDEX enrolment_step_list;
CREATE INDEX enrolment_steps ON enrolment(campaign,step_list) WHERE ended_at IS NULL;
)sql";

constexpr const char* k_patches[] = {k_patch_1, k_patch_2, k_patch_3, k_patch_4};

}  // namespace

std::span<const char* const> schema_patches() { return k_patches; }

}  // namespace nurture::store
