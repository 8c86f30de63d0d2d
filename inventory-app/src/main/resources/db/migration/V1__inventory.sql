create table product (
  id text collate "C" primary key check (id <> ''),
  name text not null check (name <> ''),
  description text not null,
  price_minor_units bigint not null check (price_minor_units >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$')
);

create table stock (
  product_id text collate "C" primary key references product,
  available bigint not null default 0 check (available >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  sold bigint not null default 0 check (sold >= 0)
);

-- Best sellers: most sold first, then by id.
create index stock_best_sellers on stock (sold desc, product_id);

create table reservation (
  id text primary key check (id <> ''),
  status text not null check (status in ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED')),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);

-- The job that looks for expired ones reads only what is still held.
create index reservation_held_until on reservation (expires_at) where status = 'HELD';

create table reservation_line (
  reservation_id text not null references reservation,
  product_id text collate "C" not null references stock,
  quantity int not null check (quantity >= 1),
  primary key (reservation_id, product_id)
);
