package dev.platform.core.telemetry;

/** Which keys describe a call: OpenTelemetry's conventions for RPC are still moving. */
public enum RpcKeys {

  /** Those of the release candidate: {@code rpc.system.name}, a full {@code rpc.method}. */
  CURRENT,

  /** Those before it: {@code rpc.system}, {@code rpc.service}, a bare {@code rpc.method}. */
  PREVIOUS,

  /** Both, for a time of change. {@code rpc.method} is the full one. */
  BOTH;

  boolean current() {
    return this != PREVIOUS;
  }

  boolean previous() {
    return this != CURRENT;
  }
}
