package dev.platform.payment.persistence;

import dev.platform.core.deadline.DetachedWork;
import dev.platform.payment.domain.Money;
import dev.platform.payment.domain.Payment;
import dev.platform.payment.domain.PaymentStatus;
import dev.platform.payment.domain.Payments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcPayments implements Payments {

  private final JdbcClient jdbc;

  JdbcPayments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Payment addIfAbsent(Payment payment) {
    int added =
        jdbc.sql(
                """
                insert into payment
                  (id, order_id, user_id, amount_minor_units, currency, status, decline_reason)
                values (:id, :orderId, :userId, :minorUnits, :currency, :status, :declineReason)
                on conflict (order_id) do nothing
                """)
            .param("id", payment.id())
            .param("orderId", payment.orderId())
            .param("userId", payment.userId())
            .param("minorUnits", payment.amount().minorUnits())
            .param("currency", payment.amount().currency())
            .param("status", payment.status().name())
            .param("declineReason", payment.declineReason())
            .update();
    return added == 1 ? payment : find(payment.orderId()).orElseThrow();
  }

  @Override
  public Optional<Payment> find(String orderId) {
    return jdbc.sql(
            """
            select id, order_id, user_id, amount_minor_units, currency, status, decline_reason
            from payment where order_id = :orderId
            """)
        .param("orderId", orderId)
        .query(JdbcPayments::payment)
        .optional();
  }

  @Override
  public Payment move(Payment from, Payment to) {
    return DetachedWork.get(() -> moveOrFind(from, to));
  }

  private Payment moveOrFind(Payment from, Payment to) {
    int moved =
        jdbc.sql(
                """
                update payment
                set status = :to, decline_reason = :declineReason, updated_at = now()
                where order_id = :orderId and status = :from
                """)
            .param("to", to.status().name())
            .param("declineReason", to.declineReason())
            .param("orderId", from.orderId())
            .param("from", from.status().name())
            .update();
    return moved == 1 ? to : find(from.orderId()).orElseThrow();
  }

  private static Payment payment(ResultSet row, int number) throws SQLException {
    return new Payment(
        row.getString("id"),
        row.getString("order_id"),
        row.getString("user_id"),
        new Money(row.getLong("amount_minor_units"), row.getString("currency")),
        PaymentStatus.valueOf(row.getString("status")),
        row.getString("decline_reason"));
  }
}
