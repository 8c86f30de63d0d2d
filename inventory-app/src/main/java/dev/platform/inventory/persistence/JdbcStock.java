package dev.platform.inventory.persistence;

import dev.platform.inventory.domain.InsufficientStock.Shortage;
import dev.platform.inventory.domain.Refusal;
import dev.platform.inventory.domain.ReservationLine;
import dev.platform.inventory.domain.Stock;
import dev.platform.inventory.domain.StockLevel;
import dev.platform.inventory.domain.StockLevels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcStock implements Stock, StockLevels {

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  JdbcStock(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  @Override
  public Optional<Shortage> setAside(ReservationLine line) {
    if (take(line)) {
      return Optional.empty();
    }
    // Locked, so that the answer stays true: a delivery may just have been added.
    long available =
        jdbc.sql("select available from stock where product_id = :product for update")
            .param("product", line.productId())
            .query(Long.class)
            .optional()
            .orElseThrow(() -> Refusal.unknownProduct(line.productId()));
    if (take(line)) {
      return Optional.empty();
    }
    return Optional.of(new Shortage(line.productId(), line.quantity(), available));
  }

  private boolean take(ReservationLine line) {
    return move(
            """
            update stock set available = available - :quantity, reserved = reserved + :quantity
            where product_id = :product and available >= :quantity
            """,
            line)
        == 1;
  }

  @Override
  public void sell(ReservationLine line) {
    move(
        """
        update stock set reserved = reserved - :quantity, sold = sold + :quantity
        where product_id = :product
        """,
        line);
  }

  @Override
  public void giveBack(ReservationLine line) {
    move(
        """
        update stock set reserved = reserved - :quantity, available = available + :quantity
        where product_id = :product
        """,
        line);
  }

  private int move(String sql, ReservationLine line) {
    return jdbc.sql(sql)
        .param("quantity", line.quantity())
        .param("product", line.productId())
        .update();
  }

  @Override
  public Set<String> add(SortedMap<String, Long> pieces) {
    List<Map.Entry<String, Long>> entries = new ArrayList<>(pieces.entrySet());
    int[] changed =
        batches.batchUpdate(
            "update stock set available = available + ? where product_id = ?",
            entries.stream()
                .map(entry -> new Object[] {entry.getValue(), entry.getKey()})
                .toList());
    Set<String> unknown = new HashSet<>();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] == 0) {
        unknown.add(entries.get(i).getKey());
      }
    }
    return unknown;
  }

  @Override
  public List<StockLevel> of(Collection<String> productIds) {
    return jdbc.sql(
            """
            select product_id, available, reserved, sold from stock
            where product_id = any(:products) order by product_id
            """)
        .param("products", productIds.toArray(String[]::new))
        .query(
            (row, number) ->
                new StockLevel(
                    row.getString("product_id"),
                    row.getLong("available"),
                    row.getLong("reserved"),
                    row.getLong("sold")))
        .list();
  }
}
