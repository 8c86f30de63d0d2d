package dev.platform.spring.failure;

import dev.platform.core.failure.GrpcExceptionMapper;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Maps exceptions of gRPC handlers to statuses.
 *
 * @param enabled whether {@link GrpcExceptionMapper} beans map exceptions to statuses; false leaves
 *     them to gRPC, which answers UNKNOWN
 */
@ConfigurationProperties("platform.grpc.exception-mapping")
public record ExceptionMappingProperties(@DefaultValue("true") boolean enabled) {}
