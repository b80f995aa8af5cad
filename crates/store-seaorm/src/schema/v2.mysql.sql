CREATE TABLE IF NOT EXISTS import_marks (
    id int NOT NULL PRIMARY KEY,
    mark mediumblob NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
