package dev.platform.tests.line;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** A bean that intercepts all server calls. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@GlobalServerInterceptor
public @interface TestServerInterceptor {}
