-- The simulated bank's own books; payments never look here.
create table bank_charge (
  reference text primary key check (reference <> ''),
  id text not null unique,
  account text not null check (account <> ''),
  amount_minor_units bigint not null check (amount_minor_units > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Empty when the money was taken.
  decline_reason text not null,
  created_at timestamptz not null default now()
);

create table bank_refund (
  reference text primary key references bank_charge,
  id text not null unique,
  created_at timestamptz not null default now()
);
