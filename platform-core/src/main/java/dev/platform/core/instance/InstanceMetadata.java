package dev.platform.core.instance;

/** The metadata keys that every instance carries; users may add their own. */
public final class InstanceMetadata {

  /** Unique for each start of a process. */
  public static final String INSTANCE_ID = "instance-id";

  /** The port for HTTP, where there is one. */
  public static final String HTTP_PORT = "http-port";

  /** The port for gRPC, where there is one; the spelling is Spring Cloud's users' own. */
  public static final String GRPC_PORT = "gRPC_port";

  /** Where the instance runs. */
  public static final String ZONE = "zone";

  /** The version of the application. */
  public static final String VERSION = "version";

  /** The instance's share of calls, 100 by default. */
  public static final String WEIGHT = "weight";

  /** When the process started, ISO 8601 in UTC. */
  public static final String STARTED_AT = "started-at";

  /** Absent or {@code UP}: receives calls. Anything else: is deregistering, or out of service. */
  public static final String STATUS = "status";

  /** Which TLS the instance accepts; absent for none. */
  public static final String TLS = "tls";

  /** Mutual TLS: both ends show a certificate. */
  public static final String MUTUAL = "mutual";

  /** An instance that receives calls. */
  public static final String UP = "UP";

  /** An instance that is deregistering, or that an operator took out of service. */
  public static final String OUT_OF_SERVICE = "OUT_OF_SERVICE";

  private InstanceMetadata() {}
}
