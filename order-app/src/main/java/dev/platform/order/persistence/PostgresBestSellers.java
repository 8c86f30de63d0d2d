package dev.platform.order.persistence;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.platform.order.domain.BestSellers;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.TransactionException;

/** Counted from this app's own orders, so they need no other service. Cached for a while. */
@Repository
class PostgresBestSellers implements BestSellers {

  private static final Logger log = LoggerFactory.getLogger(PostgresBestSellers.class);

  private static final Duration KEPT_FOR = Duration.ofSeconds(30);

  private final JdbcClient jdbc;
  private final LoadingCache<String, List<String>> counted;

  PostgresBestSellers(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.counted = Caffeine.newBuilder().expireAfterWrite(KEPT_FOR).build(key -> count());
  }

  @Override
  public List<String> ids() {
    try {
      return counted.get("all");
    } catch (DataAccessException | TransactionException e) {
      log.warn("best sellers can't be read now: {}", e.toString());
      return List.of();
    }
  }

  /** Of the latest thousand orders. */
  private List<String> count() {
    return jdbc.sql(
            """
            select product_id
            from order_items
            join (select order_id from orders where status <> 'CANCELLED'
                  order by created_at desc limit 1000) as latest using (order_id)
            group by product_id
            order by sum(quantity) desc, product_id
            limit 5
            """)
        .query(String.class)
        .list();
  }
}
