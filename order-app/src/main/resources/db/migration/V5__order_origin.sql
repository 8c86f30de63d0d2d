-- The span that recorded the order, as W3C's traceparent: what is done for it later is linked to it.
alter table orders add column traceparent text;
