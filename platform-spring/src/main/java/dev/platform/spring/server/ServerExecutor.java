package dev.platform.spring.server;

import java.util.concurrent.Executor;

/**
 * Where the gRPC server runs handlers, unless the application sets another executor. Not of type
 * {@code Executor}, since Spring's own executors would stay away then.
 */
public record ServerExecutor(Executor executor) {}
