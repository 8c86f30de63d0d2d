package dev.platform.inventory.persistence;

import dev.platform.inventory.domain.Reservation;
import dev.platform.inventory.domain.ReservationLine;
import dev.platform.inventory.domain.ReservationStatus;
import dev.platform.inventory.domain.Reservations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcReservations implements Reservations {

  private final JdbcClient jdbc;

  JdbcReservations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean open(Reservation reservation) {
    return jdbc.sql(
                """
                insert into reservation (id, status, expires_at) values (:id, :status, :expiresAt)
                on conflict do nothing
                """)
            .param("id", reservation.id())
            .param("status", reservation.status().name())
            .param("expiresAt", utc(reservation.expiresAt()))
            .update()
        == 1;
  }

  @Override
  public void addLines(String id, List<ReservationLine> lines) {
    jdbc.sql(
            """
            insert into reservation_line (reservation_id, product_id, quantity)
            select :id, product_id, quantity
            from unnest(:products::text[], :quantities::int[]) as line (product_id, quantity)
            """)
        .param("id", id)
        .param("products", lines.stream().map(ReservationLine::productId).toArray(String[]::new))
        .param("quantities", lines.stream().map(ReservationLine::quantity).toArray(Integer[]::new))
        .update();
  }

  @Override
  public Optional<Reservation> lock(String id) {
    return jdbc.sql("select id, status, expires_at from reservation where id = :id for update")
        .param("id", id)
        .query(this::reservation)
        .optional();
  }

  @Override
  public Optional<Reservation> lockExpired(Instant now, Collection<String> except) {
    return jdbc.sql(
            """
            select id, status, expires_at from reservation
            where status = 'HELD' and expires_at <= :now and id <> all(:except)
            order by expires_at limit 1 for update skip locked
            """)
        .param("now", utc(now))
        .param("except", except.toArray(String[]::new))
        .query(this::reservation)
        .optional();
  }

  @Override
  public void update(Reservation reservation) {
    jdbc.sql("update reservation set status = :status where id = :id")
        .param("status", reservation.status().name())
        .param("id", reservation.id())
        .update();
  }

  private Reservation reservation(ResultSet row, int number) throws SQLException {
    String id = row.getString("id");
    return new Reservation(
        id,
        ReservationStatus.valueOf(row.getString("status")),
        lines(id),
        row.getObject("expires_at", OffsetDateTime.class).toInstant());
  }

  private List<ReservationLine> lines(String id) {
    return jdbc.sql("select product_id, quantity from reservation_line where reservation_id = :id")
        .param("id", id)
        .query(
            (row, number) ->
                new ReservationLine(row.getString("product_id"), row.getInt("quantity")))
        .list();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
