package dev.platform.core.instance;

/** Which keys instances have in etcd, and what is in their values: those of a framework. */
public enum Layout {
  /** {@code /services/<service>/<host>:<port>}, with a value in one of the {@link ValueFormat}s. */
  PLATFORM,
  /**
   * go-zero's: {@code <service>/<number>}, with the plain address. Its servers use the number of
   * their lease; this platform's, one that an address always has.
   */
  GO_ZERO,
  /** Kratos's: {@code /microservices/<service>/<id>}, with its own JSON. */
  KRATOS
}
