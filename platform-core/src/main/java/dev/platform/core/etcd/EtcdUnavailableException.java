package dev.platform.core.etcd;

/** etcd did not answer at start, and {@code platform.registry.fail-fast} asks for it. */
public final class EtcdUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The message names the endpoints and the cause. */
  public EtcdUnavailableException(String message) {
    super(message);
  }
}
