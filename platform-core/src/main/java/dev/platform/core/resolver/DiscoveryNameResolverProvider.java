package dev.platform.core.resolver;

/**
 * Resolves {@code discovery:///service-name} from whatever discovery the application has: the
 * watched directory where etcd is all there is, else any {@code DiscoveryClient}. Found by gRPC
 * itself.
 */
public final class DiscoveryNameResolverProvider extends ServiceNameResolverProvider {

  static final String SCHEME = "discovery";

  /** For gRPC's service loader. */
  public DiscoveryNameResolverProvider() {
    super(SCHEME);
  }
}
