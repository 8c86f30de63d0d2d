package dev.platform.starter.test.etcd;

import io.grpc.Status;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** etcd's errors, with the status codes and messages that real servers send. */
enum EtcdError {
  EMPTY_KEY(Status.Code.INVALID_ARGUMENT, "key is not provided"),
  KEY_NOT_FOUND(Status.Code.INVALID_ARGUMENT, "key not found"),
  VALUE_PROVIDED(Status.Code.INVALID_ARGUMENT, "value is provided"),
  LEASE_PROVIDED(Status.Code.INVALID_ARGUMENT, "lease is provided"),
  TOO_MANY_OPERATIONS(Status.Code.INVALID_ARGUMENT, "too many operations in txn request"),
  DUPLICATE_KEY(Status.Code.INVALID_ARGUMENT, "duplicate key given in txn request"),
  REQUEST_TOO_LARGE(Status.Code.INVALID_ARGUMENT, "request is too large"),
  COMPACTED(Status.Code.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
  FUTURE_REVISION(Status.Code.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
  NO_SPACE(Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
  LEASE_NOT_FOUND(Status.Code.NOT_FOUND, "requested lease not found"),
  LEASE_EXISTS(Status.Code.FAILED_PRECONDITION, "lease already exists"),
  LEASE_TTL_TOO_LARGE(Status.Code.OUT_OF_RANGE, "too large lease TTL"),
  USER_EMPTY(Status.Code.INVALID_ARGUMENT, "user name is empty"),
  AUTH_FAILED(Status.Code.INVALID_ARGUMENT, "authentication failed, invalid user ID or password"),
  PERMISSION_DENIED(Status.Code.PERMISSION_DENIED, "permission denied"),
  AUTH_NOT_ENABLED(Status.Code.FAILED_PRECONDITION, "authentication is not enabled"),
  INVALID_AUTH_TOKEN(Status.Code.UNAUTHENTICATED, "invalid auth token");

  private final Status status;

  EtcdError(Status.Code code, String message) {
    this.status = code.toStatus().withDescription("etcdserver: " + message);
  }

  Status status() {
    return status;
  }

  /** As Go prints the status; the cancel reason of watches. */
  String printed() {
    String code =
        Arrays.stream(status.getCode().name().split("_", -1))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());
    return "rpc error: code = " + code + " desc = " + status.getDescription();
  }

  EtcdFailure failure() {
    return new EtcdFailure(this);
  }
}
