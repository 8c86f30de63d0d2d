package dev.platform.inventory.persistence;

import dev.platform.inventory.domain.Catalogue;
import dev.platform.inventory.domain.Money;
import dev.platform.inventory.domain.Product;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcCatalogue implements Catalogue {

  private final JdbcClient jdbc;

  JdbcCatalogue(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Product> find(String productId) {
    return jdbc.sql(
            """
            select id, name, description, price_minor_units, currency
            from product where id = :id
            """)
        .param("id", productId)
        .query(JdbcCatalogue::product)
        .optional();
  }

  @Override
  public List<Product> after(String productId, int limit) {
    return jdbc.sql(
            """
            select id, name, description, price_minor_units, currency
            from product where id > :id order by id limit :limit
            """)
        .param("id", productId)
        .param("limit", limit)
        .query(JdbcCatalogue::product)
        .list();
  }

  @Override
  public List<String> bestSellers(int limit) {
    return jdbc.sql(
            """
            select product_id from stock where available > 0
            order by sold desc, product_id limit :limit
            """)
        .param("limit", limit)
        .query(String.class)
        .list();
  }

  private static Product product(ResultSet row, int number) throws SQLException {
    return new Product(
        row.getString("id"),
        row.getString("name"),
        row.getString("description"),
        new Money(row.getLong("price_minor_units"), row.getString("currency")));
  }
}
