package dev.platform.starter.test.etcd;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;

/**
 * Fields that etcd knows and the generated classes don't: they were generated from an older
 * definition, so these travel as unknown fields.
 */
final class WireFields {

  static final int COMPARE_TARGET_LEASE = 4;
  static final int COMPARE_LEASE = 8;
  static final int WATCH_ID = 7;
  static final int WATCH_FRAGMENT = 8;
  static final int WATCH_RESPONSE_FRAGMENT = 7;

  private WireFields() {}

  /** The last value of a varint field, as protobuf reads repeated scalars; 0 if absent. */
  static long varint(Message message, int field) {
    var values = message.getUnknownFields().getField(field).getVarintList();
    return values.isEmpty() ? 0 : values.get(values.size() - 1);
  }

  static UnknownFieldSet varintField(int field, long value) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addVarint(value).build())
        .build();
  }
}
