CREATE TABLE passkeys (
    id bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    user_handle bytea NOT NULL,
    name text NOT NULL,
    material bytea NOT NULL,
    counter bigint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE ceremonies (
    challenge bytea NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    state bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX ceremonies_by_end ON ceremonies (expires_at);
