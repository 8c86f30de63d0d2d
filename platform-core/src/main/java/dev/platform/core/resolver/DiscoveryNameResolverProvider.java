package dev.platform.core.resolver;

/**
 * Resolves {@code discovery:///service-name} from the application's discovery: the watched
 * directory if there is only etcd, else any {@code DiscoveryClient}. Found by gRPC itself.
 */
public final class DiscoveryNameResolverProvider extends ServiceNameResolverProvider {

  static final String SCHEME = "discovery";

  /** For gRPC's service loader. */
  public DiscoveryNameResolverProvider() {
    super(SCHEME);
  }
}
