ALTER TABLE users ADD COLUMN username_folded TEXT;

ALTER TABLE users ADD COLUMN display_name_folded TEXT;

CREATE TABLE contact_policies (
    user_id BLOB NOT NULL PRIMARY KEY,
    policy TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blocks (
    user_id BLOB NOT NULL,
    blocked BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, blocked)
) STRICT, WITHOUT ROWID;
