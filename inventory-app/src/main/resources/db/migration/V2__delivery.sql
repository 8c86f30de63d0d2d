-- How far each delivery has come in, so that one that is sent again counts once.
create table delivery (
  id text primary key check (id <> ''),
  settled_lines bigint not null default 0 check (settled_lines >= 0),
  -- A SHA-256 of the settled lines; empty while there is none.
  digest text not null default '',
  created_at timestamptz not null default now()
);
