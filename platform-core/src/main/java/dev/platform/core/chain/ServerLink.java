package dev.platform.core.chain;

import io.grpc.ServerInterceptor;

/**
 * One interceptor of a server's chain.
 *
 * @param stage its position
 */
public record ServerLink(ServerStage stage, ServerInterceptor interceptor) {}
