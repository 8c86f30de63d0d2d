package dev.platform.spring.client;

import dev.platform.spring.check.CalledMethods;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/**
 * Creates one stub when it is first injected.
 *
 * @param <S> the type of the stub
 */
final class StubFactoryBean<S extends AbstractStub<?>> implements FactoryBean<S>, BeanFactoryAware {

  private static final Class<?>[] CHANNEL = {Channel.class};

  private final String target;
  private final Class<S> type;

  @SuppressWarnings("NullAway.Init") // by Spring, before anything else
  private BeanFactory beans;

  StubFactoryBean(String target, Class<S> type) {
    this.target = target;
    this.type = type;
  }

  @Override
  public void setBeanFactory(BeanFactory factory) {
    beans = factory;
  }

  @Override
  public Class<S> getObjectType() {
    return type;
  }

  @Override
  public S getObject() throws ReflectiveOperationException {
    S stub = create(channels().channel(target));
    beans.getBeanProvider(CalledMethods.class).ifAvailable(called -> called.add(target, stub));
    return stub;
  }

  private ChannelProvider channels() {
    return Optional.ofNullable(beans.getBeanProvider(ChannelProvider.class).getIfAvailable())
        .orElseThrow(
            () ->
                new NoSuchBeanDefinitionException(
                    type, "a test slice has no gRPC clients; replace the stub with @MockitoBean"));
  }

  /** Java's stubs have a factory method beside them, Kotlin's a constructor. */
  private S create(Channel channel) throws ReflectiveOperationException {
    try {
      Optional<Method> factory = factoryMethod();
      return factory.isPresent()
          ? type.cast(factory.get().invoke(null, channel))
          : type.getConstructor(Channel.class).newInstance(channel);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          "%s (expected: a stub that protoc's plugin for Java or Kotlin generated)"
              .formatted(type.getName()),
          e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("The stub of " + target + " was not created", e.getCause());
    }
  }

  private Optional<Method> factoryMethod() {
    Class<?> generated = type.getEnclosingClass();
    return generated == null
        ? Optional.empty()
        : Arrays.stream(generated.getMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(method -> method.getReturnType() == type)
            .filter(method -> Arrays.equals(method.getParameterTypes(), CHANNEL))
            .findFirst();
  }
}
