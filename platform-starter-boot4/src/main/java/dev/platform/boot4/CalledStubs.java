package dev.platform.boot4;

import dev.platform.spring.check.CalledMethods;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Records the application's stubs, by the names of their breakers. */
final class CalledStubs implements BeanPostProcessor {

  private final ObjectProvider<CalledMethods> called;

  CalledStubs(ObjectProvider<CalledMethods> called) {
    this.called = called;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof AbstractStub<?> stub) {
      called.ifAvailable(methods -> methods.add(stub.getChannel().authority(), stub));
    }
    return bean;
  }
}
