package dev.platform.spring.server;

import java.util.concurrent.Executor;

/**
 * The executor that runs the gRPC server's handlers, unless the application sets another one. Not
 * of type {@code Executor}: Spring's own executors would back off.
 */
public record ServerExecutor(Executor executor) {}
