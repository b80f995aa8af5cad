CREATE TABLE IF NOT EXISTS users (
    id binary(16) NOT NULL PRIMARY KEY,
    username varchar(200) NOT NULL,
    username_key varchar(200) NOT NULL UNIQUE,
    display_name varchar(200) NOT NULL,
    is_active boolean NOT NULL,
    is_verified boolean NOT NULL,
    created_at bigint NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS sessions (
    id binary(16) NOT NULL PRIMARY KEY,
    user_id binary(16) NOT NULL,
    token_hash varbinary(32) NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    INDEX sessions_by_user (user_id),
    INDEX sessions_by_end (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS commits (
    id binary(16) NOT NULL PRIMARY KEY
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS rooms (
    id binary(16) NOT NULL PRIMARY KEY,
    kind varchar(32) NOT NULL,
    name varchar(200),
    expires_at bigint,
    direct_low binary(16),
    direct_high binary(16),
    created_by binary(16) NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    revision bigint NOT NULL,
    UNIQUE INDEX rooms_by_pair (direct_low, direct_high),
    INDEX rooms_by_end (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS participants (
    room_id binary(16) NOT NULL,
    user_id binary(16) NOT NULL,
    role varchar(32) NOT NULL,
    joined_at bigint NOT NULL,
    room_updated_at bigint NOT NULL,
    PRIMARY KEY (room_id, user_id),
    INDEX participants_by_activity (user_id, room_updated_at, room_id),
    CONSTRAINT participants_of_room FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS answers (
    caller binary(16) NOT NULL,
    request_key varchar(255) NOT NULL,
    fingerprint varbinary(32) NOT NULL,
    body mediumblob NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (caller, request_key),
    INDEX answers_by_end (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS events (
    id binary(16) NOT NULL PRIMARY KEY,
    body mediumblob NOT NULL,
    kept_by bigint NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS inbox_heads (
    user_id binary(16) NOT NULL PRIMARY KEY,
    head bigint NOT NULL,
    forgotten bigint NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS inbox_entries (
    user_id binary(16) NOT NULL,
    seq bigint NOT NULL,
    event_id binary(16) NOT NULL,
    event_at bigint NOT NULL,
    PRIMARY KEY (user_id, seq)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
