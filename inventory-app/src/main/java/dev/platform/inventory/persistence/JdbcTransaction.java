package dev.platform.inventory.persistence;

import dev.platform.inventory.domain.Transaction;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Component
class JdbcTransaction implements Transaction {

  private final TransactionTemplate template;

  JdbcTransaction(PlatformTransactionManager transactions) {
    this.template = new TransactionTemplate(transactions);
  }

  @Override
  public <T> T within(Supplier<T> work) {
    return template.execute(status -> work.get());
  }
}
