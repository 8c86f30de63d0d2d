create table payment (
  id text primary key,
  order_id text not null unique check (order_id <> ''),
  user_id text not null check (user_id <> ''),
  amount_minor_units bigint not null check (amount_minor_units > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text not null check (status in ('PENDING', 'CHARGED', 'DECLINED', 'REFUNDED')),
  decline_reason text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status = 'DECLINED') = (decline_reason <> ''))
);
