#!/bin/sh
# What the database container runs once, on an empty volume: the product's own role is no superuser and makes no roles; the role that
# people read under, which row-level security binds, is made for it (docs/agencies.md, the second wall).
set -e
psql -v ON_ERROR_STOP=1 -v password="$DUBAN_DATABASE_PASSWORD" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE duban LOGIN PASSWORD :'password';
CREATE DATABASE duban OWNER duban ENCODING 'UTF8' TEMPLATE template0;
CREATE ROLE duban_reader NOLOGIN;
GRANT duban_reader TO duban;
SQL
