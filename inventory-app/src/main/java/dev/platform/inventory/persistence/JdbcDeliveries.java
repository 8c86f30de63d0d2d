package dev.platform.inventory.persistence;

import dev.platform.inventory.domain.Deliveries;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcDeliveries implements Deliveries {

  private final JdbcClient jdbc;

  JdbcDeliveries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Progress lock(String id) {
    jdbc.sql("insert into delivery (id) values (:id) on conflict do nothing")
        .param("id", id)
        .update();
    return jdbc.sql("select settled_lines, digest from delivery where id = :id for update")
        .param("id", id)
        .query((row, number) -> new Progress(row.getLong("settled_lines"), row.getString("digest")))
        .single();
  }

  @Override
  public void advance(String id, Progress to) {
    jdbc.sql("update delivery set settled_lines = :lines, digest = :digest where id = :id")
        .param("lines", to.lines())
        .param("digest", to.digest())
        .param("id", id)
        .update();
  }
}
