package dev.platform.core.telemetry;

/** The keys that describe a call: OpenTelemetry's conventions for RPC are not stable yet. */
public enum RpcKeys {

  /** Those of the release candidate: {@code rpc.system.name}, a full {@code rpc.method}. */
  CURRENT,

  /** Those before it: {@code rpc.system}, {@code rpc.service}, a bare {@code rpc.method}. */
  PREVIOUS,

  /** Both, for a migration. {@code rpc.method} is the full one. */
  BOTH;

  boolean current() {
    return this != PREVIOUS;
  }

  boolean previous() {
    return this != CURRENT;
  }
}
