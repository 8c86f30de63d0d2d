-- One row for each user that was ever notified; its lock puts a user's notifications in order.
create table mailboxes (
  user_id               text primary key check (length(user_id) between 1 and 128),
  last_sequence         bigint not null default 0 check (last_sequence >= 0),
  acknowledged_sequence bigint not null default 0 check (acknowledged_sequence between 0 and last_sequence)
);

create table notifications (
  notification_id text primary key check (length(notification_id) between 1 and 128),
  user_id         text        not null references mailboxes,
  sequence        bigint      not null check (sequence >= 1),
  order_id        text        not null,
  message         text        not null check (message <> ''),
  created_at      timestamptz not null,
  unique (user_id, sequence)
);
