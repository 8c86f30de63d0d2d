package dev.platform.core.authorization;

import io.grpc.Status;
import io.grpc.Status.Code;

/** What a rule says about a call. */
enum Decision {
  ALLOWED("allowed", Code.OK),
  /** No rule is about the method. */
  NO_RULE("no-rule", Code.PERMISSION_DENIED),
  /** The workload is not proved. */
  NO_WORKLOAD("no-workload", Code.UNAUTHENTICATED),
  /** The workload is none of the rule's. */
  OTHER_WORKLOAD("other-workload", Code.PERMISSION_DENIED),
  /** No user is proved. */
  NO_USER("no-user", Code.UNAUTHENTICATED),
  /** The user has none of the rule's roles. */
  NO_ROLE("no-role", Code.PERMISSION_DENIED);

  private final String id;
  private final Code code;

  Decision(String id, Code code) {
    this.id = id;
    this.code = code;
  }

  /** Its name in the audit log and in span events. */
  String id() {
    return id;
  }

  /** What the caller of a refused call gets. */
  Status status(String caller, String method) {
    String description =
        switch (this) {
          case NO_WORKLOAD -> "authentication required: workload";
          case NO_USER -> "authentication required: user";
          case NO_ROLE -> "this user may not call " + method;
          default -> caller + " may not call " + method;
        };
    return code.toStatus().withDescription(description);
  }
}
