-- A catalogue to start with. What is there already is left as it is.
with seed (id, name, description, price, pieces) as (values
  ('p-1', 'Enamel mug', 'White with a blue rim, holds 350 ml and survives a campfire.', 1290, 400),
  ('p-2', 'Desk lamp', 'Brass arm, warm light, dims without a flicker.', 7900, 150),
  ('p-3', 'Wool blanket', 'Lambswool, 140 by 200 cm, woven in one piece.', 11900, 120),
  ('p-4', 'Notebook', 'A5, dotted, 192 pages that lie flat.', 1650, 1000),
  ('p-5', 'Fountain pen', 'Steel nib M, piston filler, made to be repaired.', 8900, 200),
  ('p-6', 'Cast-iron pan', '26 cm, seasoned, for every kind of stove.', 5900, 250),
  ('p-7', 'Chef''s knife', '20 cm blade of carbon steel, walnut handle.', 12900, 180),
  ('p-8', 'Cutting board', 'End-grain oak, oiled, 40 by 30 cm.', 6900, 220),
  ('p-9', 'Coffee grinder', 'Hand grinder with steel burrs, 40 steps.', 9900, 160),
  ('p-10', 'Teapot', 'Stoneware, 1.2 litres, with a strainer that fits.', 4900, 240),
  ('p-11', 'Linen towel', 'Dries glasses without a trace, 50 by 70 cm.', 1490, 800),
  ('p-12', 'Day pack', '18 litres of waxed canvas with a laptop sleeve.', 13900, 140),
  ('p-13', 'Water bottle', 'Steel, double wall, keeps 0.5 litres cold for a day.', 2990, 600),
  ('p-14', 'Bicycle bell', 'Brass, one clear tone, heard a street away.', 1990, 500),
  ('p-15', 'Umbrella', 'Opens by hand, stands a gale, mends with a screwdriver.', 5490, 300),
  ('p-16', 'Alarm clock', 'Quiet sweep hand, a bell that means it.', 3990, 280),
  ('p-17', 'Chess set', 'Weighted beech pieces on a folding board.', 6490, 130),
  ('p-18', 'Watering can', 'Galvanised, 5 litres, fine rose of brass.', 3490, 260),
  ('p-19', 'Secateurs', 'Forged, replaceable blade, for branches up to 25 mm.', 4590, 210),
  ('p-20', 'Bird feeder', 'Larch and slate, easy to clean, keeps seed dry.', 3890, 190),
  ('p-21', 'Candle', 'Pure beeswax, burns for 60 hours.', 2290, 700)
), products as (
  insert into product (id, name, description, price_minor_units, currency)
  select id, name, description, price, 'EUR' from seed
  on conflict do nothing
  returning id
)
insert into stock (product_id, available)
select id, pieces from seed join products using (id)
on conflict do nothing;
