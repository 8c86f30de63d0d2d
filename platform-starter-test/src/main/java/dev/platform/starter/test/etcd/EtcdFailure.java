package dev.platform.starter.test.etcd;

/** A request that etcd refuses. Carries no stack trace: it is an answer, not a defect. */
final class EtcdFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final EtcdError error;

  EtcdFailure(EtcdError error) {
    super(error.status().getDescription(), null, false, false);
    this.error = error;
  }

  EtcdError error() {
    return error;
  }
}
