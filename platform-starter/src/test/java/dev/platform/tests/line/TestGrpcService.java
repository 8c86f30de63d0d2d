package dev.platform.tests.line;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.devh.boot.grpc.server.service.GrpcService;

/** A service of the gRPC server. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@GrpcService
public @interface TestGrpcService {}
