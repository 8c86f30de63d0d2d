package dev.platform.core.chain;

import io.grpc.ClientInterceptor;

/**
 * One interceptor of a client's chain.
 *
 * @param stage where it stands
 */
public record ClientLink(ClientStage stage, ClientInterceptor interceptor) {}
