package dev.platform.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.failure.GrpcExceptionMapping;
import io.grpc.Status;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.TransactionSystemException;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseExceptionMapperTest {

  private final GrpcExceptionMapping mapping =
      new GrpcExceptionMapping(List.of(new DatabaseExceptionMapper()));

  @Test
  void aDatabaseThatIsDownIsUnavailable(CapturedOutput output) {
    assertUnavailable(new QueryTimeoutException("connection to 10.1.1.1 lost"));
    assertThat(output).contains("The database is not available", "10.1.1.1");
  }

  @Test
  void aConnectionClosedByTheDatabaseIsUnavailable() {
    SQLException frozen = new SQLException("terminating connection", "25P03");
    assertUnavailable(new UncategorizedDataAccessException("insert", frozen) {});

    SQLException thrownAway = new SQLException("Connection is closed");
    assertUnavailable(new TransactionSystemException("JDBC commit failed", thrownAway));
  }

  @Test
  void aPermanentDatabaseErrorIsInternal() {
    SQLException wrong = new SQLException("invalid transaction state", "25001");
    assertInternal(new UncategorizedDataAccessException("insert", wrong) {});

    assertInternal(new TransactionSystemException("invalid entity", new RuntimeException("name")));
  }

  /** The status sent to callers has code and description but no cause. */
  private void assertUnavailable(RuntimeException failure) {
    Status status = mapping.toStatus(failure).getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).isEqualTo("the database is not available");
  }

  private void assertInternal(RuntimeException failure) {
    Status status = mapping.toStatus(failure).getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).isEqualTo("internal error");
  }
}
