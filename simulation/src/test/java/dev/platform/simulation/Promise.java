package dev.platform.simulation;

import java.util.Locale;

/** The promises of {@code docs/guarantees.md} that the checker judges, with their numbers there. */
enum Promise {
  REGISTERED_AGAIN("R1"),
  DEREGISTERED("R2"),
  STAYS_AWAY("R3"),
  CRASHED_IS_GONE("R4"),
  ONE_LEASE("R5"),
  KEY_RESTORED("R6"),
  OTHERS_KEYS("R7"),
  FEW_REQUESTS("R8"),
  NEVER_BACK("D1"),
  EXACT_LIST("D2"),
  FOLLOWS("D3"),
  DEPARTED_IS_GONE("D4"),
  VANISHED_IS_GONE("D5"),
  NOT_EMPTY("D6"),
  HELD("D7"),
  SNAPSHOT_ONLY_FIRST("D8"),
  RESOLVER_KEEPS("V1"),
  RESOLVER_FOLLOWS("V2"),
  ONLY_LISTED("B1"),
  EJECTION_ENDS("B2"),
  AT_MOST_HALF("B3"),
  SILENT_AVOIDED("B4"),
  ALL_CALLED("B5"),
  CALLS_FIND_ONE("B6"),
  CONNECTED_ANEW("B7"),
  CONNECTED_AGAIN("B8"),
  NO_CALL_LOST("L1"),
  BREAKER_OPENS("K1"),
  BREAKER_CLOSES("K2"),
  FEW_PROBES("K3"),
  ONLY_FAILURES_OPEN("K4"),
  NO_EXCEPTIONS("X1");

  private final String number;

  Promise(String number) {
    this.number = number;
  }

  String number() {
    return number;
  }

  @Override
  public String toString() {
    return number + " " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
