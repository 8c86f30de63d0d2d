package dev.platform.spring.resilience;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * Matches methods with an annotation, or whose declaring class has it: AspectJ's {@code @within(A)
 * || @annotation(A)}, by reflection instead of by reading class files.
 */
final class AnnotatedOperation<A extends Annotation> extends StaticMethodMatcherPointcut {

  private final Class<A> annotation;

  private final AnnotatedMethods seen;

  AnnotatedOperation(Class<A> annotation, AnnotatedMethods seen) {
    this.annotation = annotation;
    this.seen = seen;
  }

  @Override
  public boolean matches(Method method, Class<?> targetClass) {
    A found = find(method, targetClass);
    if (found != null) {
      seen.add(found, method);
    }
    return found != null;
  }

  /** The method's own annotation, else that of its class; null when it has neither. */
  @Nullable A find(Method method, Class<?> targetClass) {
    A own = on(AopUtils.getMostSpecificMethod(method, targetClass));
    // A JDK proxy has no annotations; those of the interface are used.
    return own == null && Proxy.isProxyClass(targetClass) ? on(method) : own;
  }

  private @Nullable A on(Method method) {
    A own = on((AnnotatedElement) method);
    return own == null ? on(method.getDeclaringClass()) : own;
  }

  private @Nullable A on(AnnotatedElement element) {
    return element.getAnnotation(annotation);
  }
}
