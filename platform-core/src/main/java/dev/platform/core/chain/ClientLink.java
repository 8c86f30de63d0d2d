package dev.platform.core.chain;

import io.grpc.ClientInterceptor;

/**
 * One interceptor of a client's chain.
 *
 * @param stage its position
 */
public record ClientLink(ClientStage stage, ClientInterceptor interceptor) {}
