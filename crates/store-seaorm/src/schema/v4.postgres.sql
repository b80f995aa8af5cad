ALTER TABLE users ADD COLUMN username_folded text COLLATE "C";

ALTER TABLE users ADD COLUMN display_name_folded text COLLATE "C";

CREATE TABLE contact_policies (
    user_id uuid NOT NULL PRIMARY KEY,
    policy text NOT NULL
);

CREATE TABLE blocks (
    user_id uuid NOT NULL,
    blocked uuid NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (user_id, blocked)
);
