-- Entries of background work that failed by themselves, while the services and the database were available. A table of its
-- own: the entry's row may be what the database refuses to change.
create table failed_work (
  task        text        not null check (task in ('recovery', 'fulfilment', 'notification')),
  -- An order's id, or a notification's.
  entry_id    text        not null,
  attempts    int         not null check (attempts >= 0),
  reason      text        not null,
  -- Not tried before then; infinity while it is parked.
  retry_at    timestamptz not null,
  parked_at   timestamptz,
  requeued_at timestamptz,
  primary key (task, entry_id)
);

create index failed_work_parked on failed_work (parked_at) where parked_at is not null;

-- When the work became due, however often it was tried since; a claim only moves due_at. Null: as due_at.
alter table orders add column due_since timestamptz;
alter table outbox add column due_since timestamptz;

-- Instances of earlier versions mark notifications that will never be accepted in the outbox.
create view parked_work as
  select task, entry_id, attempts, reason, parked_at from failed_work where parked_at is not null
  union all
  select 'notification', notification_id, 1, rejected, due_at from outbox where rejected is not null;
