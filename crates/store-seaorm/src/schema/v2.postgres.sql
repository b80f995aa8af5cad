CREATE TABLE import_marks (
    id integer NOT NULL PRIMARY KEY,
    mark bytea NOT NULL
);
