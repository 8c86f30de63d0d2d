-- Why the notification service will never take an entry; it is kept for people to look at, and no longer in the way of
-- the later entries of its order.
alter table outbox add column rejected text;

drop index outbox_due;
create index outbox_due on outbox (due_at) where rejected is null;
drop index outbox_by_order;
create index outbox_by_order on outbox (order_id, outbox_id) where rejected is null;
