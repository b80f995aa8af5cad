CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    is_verified INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE commits (
    id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT,
    expires_at INTEGER,
    direct_low BLOB,
    direct_high BLOB,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rooms_by_pair ON rooms (direct_low, direct_high) WHERE direct_low IS NOT NULL;
CREATE INDEX rooms_by_end ON rooms (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE participants (
    room_id BLOB NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    role TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    room_updated_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_by_activity ON participants (user_id, room_updated_at, room_id);

CREATE TABLE answers (
    caller BLOB NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (caller, request_key)
) STRICT;
CREATE INDEX answers_by_end ON answers (expires_at);

CREATE TABLE events (
    id BLOB NOT NULL PRIMARY KEY,
    body BLOB NOT NULL,
    kept_by INTEGER NOT NULL
) STRICT;

CREATE TABLE inbox_heads (
    user_id BLOB NOT NULL PRIMARY KEY,
    head INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox_entries (
    user_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    event_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, seq)
) STRICT, WITHOUT ROWID;
