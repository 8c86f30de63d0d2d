create table orders (
  order_id      text primary key,
  user_id       text        not null check (length(user_id) between 1 and 128),
  status        text        not null check (status in ('CREATED', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED')),
  total_minor   bigint      not null check (total_minor >= 0),
  currency      text        not null check (currency ~ '^[A-Z]{3}$'),
  cancel_reason text        not null default '',
  last_sequence bigint      not null check (last_sequence >= 1),
  created_at    timestamptz not null,
  -- When a job next looks at the order; null once it is finished.
  due_at        timestamptz,
  check ((due_at is null) = (status in ('COMPLETED', 'CANCELLED')))
);

create index orders_due on orders (due_at) where due_at is not null;

create table order_items (
  order_id   text   not null references orders,
  line       int    not null check (line >= 0),
  product_id text   not null check (length(product_id) between 1 and 128),
  quantity   int    not null check (quantity >= 1),
  unit_minor bigint not null check (unit_minor >= 0),
  primary key (order_id, line),
  unique (order_id, product_id)
);

create table order_events (
  order_id    text        not null references orders,
  sequence    bigint      not null check (sequence >= 1),
  status      text        not null check (status in ('CREATED', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED')),
  message     text        not null,
  happened_at timestamptz not null,
  primary key (order_id, sequence)
);

-- One row for each idempotency key that a user has sent.
create table order_requests (
  user_id         text        not null,
  idempotency_key text        not null check (length(idempotency_key) between 1 and 128),
  fingerprint     text        not null,
  order_id        text        not null unique,
  claimed_at      timestamptz not null,
  -- True from the moment that the order exists; the claim can't be given up or taken over any more.
  recorded        boolean     not null default false,
  -- The parts of the first answer that can't be read from the order; null until it was given.
  recommended     text[],
  degraded        text[],
  primary key (user_id, idempotency_key)
);

-- What users have to be told, written together with what it tells.
create table outbox (
  outbox_id       bigint generated always as identity primary key,
  notification_id text        not null unique,
  order_id        text        not null references orders,
  user_id         text        not null,
  message         text        not null,
  due_at          timestamptz not null
);

create index outbox_due on outbox (due_at);
create index outbox_by_order on outbox (order_id, outbox_id);
