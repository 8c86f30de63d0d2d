package dev.platform.core.resolver;

/** Resolves {@code etcd:///service-name} from the watched directory. Found by gRPC itself. */
public final class EtcdNameResolverProvider extends ServiceNameResolverProvider {

  static final String SCHEME = "etcd";

  /** For gRPC's service loader. */
  public EtcdNameResolverProvider() {
    super(SCHEME);
  }
}
