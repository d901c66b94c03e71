-- What the hub remembers, in SQLite: instants are integers (microseconds since 1970), days and amounts text, JSON text.
-- The twin of this file for the other engine has the same tables and columns; a test holds them equal.

-- Facts about the database itself: epoch, configuration revision, sealed audit key.
create table meta (
  key text primary key,
  value text not null
) strict;

-- Bytes, once per content; shared by records, outbounds, attachments and exchanges.
create table body (
  digest text primary key,
  bytes blob not null,
  -- plain, deflate, or stored (deflate would not make it smaller)
  encoding text not null,
  -- of the plain bytes
  size integer not null,
  -- retention class; the lowest of all its users is kept
  class integer not null,
  created_at integer not null
) strict;
create index body_class on body (class, created_at);
create index body_plain on body (created_at) where encoding = 'plain';

-- The newest state of each object of a source.
create table document (
  id text primary key,
  connection text not null,
  -- the source's own name for it
  key text not null,
  version integer not null,
  -- the record this version was read from, its body and media type
  record text not null,
  digest text not null,
  media_type text not null,
  kind text,
  number text,
  issue_date text,
  seller text,
  seller_key text,
  buyer text,
  currency text,
  payable text,
  source_status text,
  problems text not null,
  pinned text,
  -- number, seller and buyer in lower case, for searching
  sought text not null,
  created_at integer not null,
  updated_at integer not null,
  unique (connection, key)
) strict;
create index document_sought on document (id, sought);

-- A source object exactly as received; each is one version of its document.
create table record (
  id text primary key,
  document text not null references document (id),
  version integer not null,
  digest text not null,
  media_type text not null,
  received_at integer not null,
  unique (document, version)
) strict;

-- One document's progress through one flow. This table is the queue.
create table sync (
  id text primary key,
  flow text not null,
  document text not null references document (id),
  state text not null,
  plan text,
  -- null: nothing to do until something changes
  due_at integer,
  asked text not null,
  -- a wake that came while somebody held it: counts from the moment it is given back
  woken_at integer,
  woken_asked text,
  chosen text,
  held_by text,
  number_released integer not null,
  -- set by a restore: the target is searched before the first send
  look_first integer,
  tries integer not null,
  -- grows with every change; what was planned of an older one is refused
  revision integer not null,
  lease_until integer,
  -- the revision at which it was claimed: names the holder
  lease integer,
  updated_at integer not null,
  unique (flow, document)
) strict;
create index sync_due on sync (due_at) where due_at is not null;
create index sync_state on sync (state, document);
create index sync_document on sync (document);
create index sync_flow on sync (flow, state);

-- What we last saw of a document at one target.
create table delivery (
  sync text not null references sync (id),
  connection text not null,
  environment text not null,
  mandate text not null,
  -- the word of what was seen, and all of it
  seen_word text not null,
  seen text not null,
  external_id text,
  attempt text,
  label text,
  outbound text,
  rendered_version integer not null,
  rendered_mandate integer not null,
  rendered_mapping integer not null,
  events text not null,
  earlier text not null,
  status_word text,
  business_status text,
  sent_at integer,
  settled_at integer,
  looks integer not null,
  primary key (sync, connection, environment)
) strict;
create index delivery_external on delivery (connection, external_id) where external_id is not null;

-- (seller, kind, number) is taken at a target by one document.
create table number_use (
  connection text not null,
  environment text not null,
  seller_key text not null,
  kind text not null,
  number text not null,
  sync text not null references sync (id),
  taken_at integer not null,
  primary key (connection, environment, seller_key, kind, number)
) strict;

-- What a target gave back for a document.
create table attachment (
  sync text not null references sync (id),
  connection text not null,
  media_type text not null,
  digest text not null,
  at integer not null,
  primary key (sync, connection, media_type, digest)
) strict;

-- Books differ.
create table discrepancy (
  id text primary key,
  sync text not null references sync (id),
  cause text not null,
  details text not null,
  opened_at integer not null,
  closed_at integer
) strict;
create unique index discrepancy_open on discrepancy (sync, cause) where closed_at is null;

-- Where each flow's polling goes on.
create table cursor (
  flow text primary key,
  connection text not null,
  position text not null,
  next_poll integer not null,
  polled_at integer,
  -- the last poll's fault, and failed polls in a row
  fault text,
  tries integer not null,
  lease_until integer
) strict;

-- Connections, flows, mandates, bookmarks and mappings.
create table configuration (
  kind text not null,
  id text not null,
  name text not null,
  revision integer not null,
  body text not null,
  updated_at integer not null,
  primary key (kind, id),
  unique (kind, name)
) strict;

-- Secrets of a connection, sealed.
create table credential (
  connection text primary key,
  sealed blob not null,
  updated_at integer not null
) strict;

-- Answers of a connection worth keeping a while: offers, fields, receivers.
create table lookup (
  connection text not null,
  kind text not null,
  key text not null,
  value text not null,
  at integer not null,
  primary key (connection, kind, key)
) strict;

-- What is left of a connection's budgets.
create table budget (
  connection text not null,
  name text not null,
  remaining integer not null,
  resets_at integer not null,
  updated_at integer not null,
  primary key (connection, name)
) strict;

-- One request and its response, redacted. Small bodies lie in it, large ones in body.
create table exchange (
  id text primary key,
  at integer not null,
  duration_us integer not null,
  attempt text not null,
  connection text,
  document text,
  sync text,
  vendor_correlation text,
  operation text not null,
  method text not null,
  url text not null,
  status integer,
  fault text,
  fault_detail text,
  request text not null,
  response text
) strict;
create index exchange_at on exchange (at, id);
create index exchange_document on exchange (document, at, id) where document is not null;
create index exchange_connection on exchange (connection, at, id) where connection is not null;
create index exchange_fault on exchange (at, id) where fault is not null;

-- Audit entries, plainly; seal chains them.
create table event (
  seq integer primary key autoincrement,
  id text not null unique,
  at integer not null,
  actor text not null,
  verb text not null,
  subject text not null,
  document text,
  details text not null
) strict;
create index event_document on event (document, seq) where document is not null;
create index event_subject on event (subject, seq);

-- Checkpoints of the chain over the events from_seq to to_seq.
create table seal (
  position integer primary key,
  from_seq integer not null,
  to_seq integer not null,
  entries integer not null,
  hash text not null,
  signature text not null,
  sealed_at integer not null
) strict;

-- One holder at a time, among processes.
create table lease (
  name text primary key,
  holder text not null,
  until integer not null
) strict;

create table api_token (
  id text primary key,
  name text not null unique,
  -- SHA-256 of the token
  hash text not null unique,
  scopes text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer
) strict;

create table account (
  id text primary key,
  email text not null unique,
  name text not null,
  role text not null,
  password_hash text not null,
  created_at integer not null,
  updated_at integer not null,
  disabled_at integer
) strict;

create table session (
  -- SHA-256 of the session's token
  hash text primary key,
  account text not null references account (id),
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
) strict;
create index session_account on session (account);

-- Answers given to a caller's key, so that the same question gets the same answer.
create table idempotency (
  actor text not null,
  key text not null,
  digest text not null,
  status integer not null,
  body text not null,
  at integer not null,
  primary key (actor, key)
) strict;
create index idempotency_at on idempotency (at);
