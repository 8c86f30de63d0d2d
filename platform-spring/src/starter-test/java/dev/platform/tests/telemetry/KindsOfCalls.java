package dev.platform.tests.telemetry;

import io.grpc.MethodDescriptor.MethodType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** gRPC's four method types. */
@Retention(RetentionPolicy.RUNTIME)
@EnumSource(value = MethodType.class, mode = Mode.EXCLUDE, names = "UNKNOWN")
@interface KindsOfCalls {}
