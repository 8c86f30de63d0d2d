package dev.platform.core.etcd;

import com.google.protobuf.ByteString;

/**
 * The keys from {@code key} up to but without {@code end}.
 *
 * @param key the first key
 * @param end the first key behind the range
 */
public record KeyRange(ByteString key, ByteString end) {

  /** All keys that begin with {@code prefix}, which must not be empty. */
  public static KeyRange prefix(String prefix) {
    byte[] end = ByteString.copyFromUtf8(prefix).toByteArray();
    // UTF-8 has no byte 0xff, so the last byte can always be incremented.
    end[end.length - 1]++;
    return new KeyRange(ByteString.copyFromUtf8(prefix), ByteString.copyFrom(end));
  }
}
