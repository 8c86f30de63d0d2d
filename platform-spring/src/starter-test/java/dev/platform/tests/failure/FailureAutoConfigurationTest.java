package dev.platform.tests.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.spring.failure.FailureAutoConfiguration;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.dao.QueryTimeoutException;

class FailureAutoConfigurationTest {

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(FailureAutoConfiguration.class));

  @Test
  void theApplicationsMappersTakePrecedenceOverThePlatforms() {
    GrpcExceptionMapper mapper = failure -> Status.ABORTED.withDescription("mine").asException();
    app.withBean(GrpcExceptionMapper.class, () -> mapper)
        .run(
            context ->
                assertThat(
                        context
                            .getBean(GrpcExceptionMapping.class)
                            .toStatus(new QueryTimeoutException("late"))
                            .getStatus()
                            .getDescription())
                    .isEqualTo("mine"));
  }

  @Test
  void itCanBeDisabled() {
    app.withPropertyValues("platform.grpc.exception-mapping.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(ServerLink.class));
  }
}
