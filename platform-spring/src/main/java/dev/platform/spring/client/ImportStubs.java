package dev.platform.spring.client;

import io.grpc.stub.AbstractStub;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * On a component or configuration: makes stubs of a service beans, for constructors. The same on
 * every line of Spring Boot.
 *
 * <p>The channel is that of the client {@code target} of the line's gRPC framework, with its
 * properties and interceptors. A stub is created when it is first injected. A test replaces it with
 * {@code @MockitoBean}. Each bean is named by its target and type, so the same stub may be imported
 * in several places.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(ImportStubs.All.class)
@Import(StubRegistrar.class)
public @interface ImportStubs {

  /** The name of the service or client, such as {@code price-service}. */
  String target();

  /** The types of stubs, such as {@code PriceServiceBlockingStub.class}; at least one. */
  Class<? extends AbstractStub<?>>[] types();

  /** Several targets on one class. */
  @Documented
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @Import(StubRegistrar.class)
  @interface All {

    ImportStubs[] value();
  }
}
