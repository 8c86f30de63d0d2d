package dev.platform.tests.line;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.grpc.client.GlobalClientInterceptor;

/** A bean that intercepts all client calls. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@GlobalClientInterceptor
public @interface TestClientInterceptor {}
