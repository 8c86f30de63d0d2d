package dev.platform.spring.failure;

import dev.platform.core.failure.GrpcExceptionMapper;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What callers are told when a handler of a gRPC service throws.
 *
 * @param enabled whether exceptions become the status that the {@link GrpcExceptionMapper} beans
 *     give them; false leaves them to gRPC, which answers UNKNOWN
 */
@ConfigurationProperties("platform.grpc.exception-mapping")
public record ExceptionMappingProperties(@DefaultValue("true") boolean enabled) {}
