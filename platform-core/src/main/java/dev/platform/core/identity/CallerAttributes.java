package dev.platform.core.identity;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;

/** What spans say about callers. */
public final class CallerAttributes {

  /** The workload that makes a call. */
  public static final AttributeKey<String> CALLER = AttributeKey.stringKey("platform.caller");

  /**
   * OpenTelemetry's attribute for a user whose name is not to be known: {@link User#subjectHash}.
   */
  public static final AttributeKey<String> USER = AttributeKey.stringKey("user.hash");

  /** The event of a refused call. */
  public static final String REFUSED = "platform.security.refused";

  private static final AttributeKey<String> REASON = AttributeKey.stringKey("platform.reason");
  private static final AttributeKey<String> RULE = AttributeKey.stringKey("platform.rule");

  private CallerAttributes() {}

  /** The attributes of that event. */
  public static Attributes reason(String reason) {
    return Attributes.of(REASON, reason);
  }

  /** The same with the rule that refused it. */
  public static Attributes reason(String reason, String rule) {
    return Attributes.of(REASON, reason, RULE, rule);
  }
}
