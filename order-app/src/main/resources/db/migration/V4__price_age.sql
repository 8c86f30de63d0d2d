-- How old the prices of an order were when it was placed; 0 when they were told for it.
alter table orders add column price_age_millis bigint not null default 0 check (price_age_millis >= 0);

-- Best sellers are counted from the latest orders.
create index orders_by_age on orders (created_at);
