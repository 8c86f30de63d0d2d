package dev.platform.payment.bank.persistence;

import dev.platform.payment.bank.domain.Charge;
import dev.platform.payment.bank.domain.Ledger;
import dev.platform.payment.domain.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcLedger implements Ledger {

  private final JdbcClient jdbc;

  JdbcLedger(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Charge> find(String reference) {
    return jdbc.sql(
            """
            select reference, id, account, amount_minor_units, currency, decline_reason
            from bank_charge where reference = :reference
            """)
        .param("reference", reference)
        .query(JdbcLedger::charge)
        .optional();
  }

  @Override
  public Charge addIfAbsent(Charge charge) {
    int added =
        jdbc.sql(
                """
                insert into bank_charge
                  (reference, id, account, amount_minor_units, currency, decline_reason)
                values (:reference, :id, :account, :minorUnits, :currency, :declineReason)
                on conflict (reference) do nothing
                """)
            .param("reference", charge.reference())
            .param("id", charge.id())
            .param("account", charge.account())
            .param("minorUnits", charge.amount().minorUnits())
            .param("currency", charge.amount().currency())
            .param("declineReason", charge.declineReason())
            .update();
    return added == 1 ? charge : find(charge.reference()).orElseThrow();
  }

  @Override
  public String refundIfAbsent(String reference, String refundId) {
    jdbc.sql(
            """
            insert into bank_refund (reference, id) values (:reference, :id)
            on conflict (reference) do nothing
            """)
        .param("reference", reference)
        .param("id", refundId)
        .update();
    return jdbc.sql("select id from bank_refund where reference = :reference")
        .param("reference", reference)
        .query(String.class)
        .single();
  }

  private static Charge charge(ResultSet row, int number) throws SQLException {
    return new Charge(
        row.getString("reference"),
        row.getString("id"),
        row.getString("account"),
        new Money(row.getLong("amount_minor_units"), row.getString("currency")),
        row.getString("decline_reason"));
  }
}
