CREATE TABLE IF NOT EXISTS passkeys (
    id varbinary(1023) NOT NULL PRIMARY KEY,
    user_id binary(16) NOT NULL,
    user_handle varbinary(64) NOT NULL,
    name varchar(200) NOT NULL,
    material mediumblob NOT NULL,
    counter bigint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint,
    INDEX passkeys_by_user (user_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ceremonies (
    challenge varbinary(32) NOT NULL PRIMARY KEY,
    kind varchar(32) NOT NULL,
    state mediumblob NOT NULL,
    expires_at bigint NOT NULL,
    INDEX ceremonies_by_end (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
