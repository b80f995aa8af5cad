CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    username text NOT NULL,
    username_key text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    is_active boolean NOT NULL,
    is_verified boolean NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE commits (
    id uuid NOT NULL PRIMARY KEY
);

CREATE TABLE rooms (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    name text,
    expires_at bigint,
    direct_low uuid,
    direct_high uuid,
    created_by uuid NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    revision bigint NOT NULL
);
CREATE UNIQUE INDEX rooms_by_pair ON rooms (direct_low, direct_high) WHERE direct_low IS NOT NULL;
CREATE INDEX rooms_by_end ON rooms (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE participants (
    room_id uuid NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    role text NOT NULL,
    joined_at bigint NOT NULL,
    room_updated_at bigint NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX participants_by_activity ON participants (user_id, room_updated_at, room_id);

CREATE TABLE answers (
    caller uuid NOT NULL,
    request_key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    body bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (caller, request_key)
);
CREATE INDEX answers_by_end ON answers (expires_at);

CREATE TABLE events (
    id uuid NOT NULL PRIMARY KEY,
    body bytea NOT NULL,
    kept_by bigint NOT NULL
);

CREATE TABLE inbox_heads (
    user_id uuid NOT NULL PRIMARY KEY,
    head bigint NOT NULL,
    forgotten bigint NOT NULL
);

CREATE TABLE inbox_entries (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    event_at bigint NOT NULL,
    PRIMARY KEY (user_id, seq)
);
