ALTER TABLE users ADD COLUMN username_folded text;

ALTER TABLE users ADD COLUMN display_name_folded text;

CREATE TABLE IF NOT EXISTS contact_policies (
    user_id binary(16) NOT NULL PRIMARY KEY,
    policy varchar(32) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS blocks (
    user_id binary(16) NOT NULL,
    blocked binary(16) NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (user_id, blocked)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
