CREATE TABLE passkeys (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    user_handle BLOB NOT NULL,
    name TEXT NOT NULL,
    material BLOB NOT NULL,
    counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE ceremonies (
    challenge BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ceremonies_by_end ON ceremonies (expires_at);
