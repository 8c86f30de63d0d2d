package dev.platform.mall;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Messages of any type with unexpected values, and bytes that are not a message. */
final class OddMessages {

  private static final int TOO_LARGE = 4 * 1024 * 1024 + 1;

  /** None of these looks like SQL or a stack trace, which the test searches for in answers. */
  private static final List<String> STRINGS =
      List.of(
          "",
          " ",
          "\u00a0",
          "\t\r\n",
          "a\u0000b",
          "\u001b[2Jx",
          "\u0085",
          "\u2028\u202e",
          "\ufeffp-1",
          "p-1 ",
          "P-1",
          "' or 1=1 --",
          "\"; --",
          "\\x",
          "%00%n%s",
          "${env:HOME}",
          "../../etc",
          "<b>&amp;",
          "\ud83d\uded2".repeat(64),
          "\ud83d\uded2".repeat(128),
          "\u00e9".repeat(128),
          "\u00e9".repeat(129),
          "x".repeat(128),
          "x".repeat(129),
          "x".repeat(20_000),
          "-1",
          "null",
          "EUR",
          "eur",
          "ZZZ");

  private static final int[] SMALL = {0, 1, 1, 1, 2, 3, -1, 7, 100, 101, 1000, 1_000_000};

  private static final long[] EXTREME = {
    Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32, 253402300800L
  };

  private static final double[] DOUBLES = {
    0, -0.0, 0.5, 1, 1.0000001, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE
  };

  private static final int[] SIZES = {0, 1, 1, 1, 1, 2, 2, 3, 5, 20};
  private static final int[] LARGE_SIZES = {100, 101, 1000, 1001, 10_000};

  private final Random random;
  private final List<String> known;

  /**
   * @param known texts known to the apps: ids of products, orders and users
   */
  OddMessages(Random random, List<String> known) {
    this.random = random;
    this.known = known;
  }

  /** Bytes of a message of this type: valid, invalid, mutated or random. */
  byte[] bytes(Descriptor type) {
    int kind = random.nextInt(2000);
    if (kind < 200) {
      return garbage(random.nextInt(64));
    }
    byte[] message = message(type).toByteArray();
    if (kind < 700) {
      return mutated(message);
    }
    return kind < 800 ? withUnknownFields(message) : message;
  }

  DynamicMessage message(Descriptor type) {
    // Some are valid except for one field, since the first bad field hides the others.
    boolean good = random.nextInt(3) != 0;
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      boolean left = field.getContainingOneof() != null && random.nextBoolean();
      if (left || random.nextInt(good ? 30 : 5) == 0) {
        continue;
      }
      if (field.isRepeated()) {
        int size = size();
        for (int i = 0; i < size; i++) {
          message.addRepeatedField(field, value(field, good));
        }
      } else {
        message.setField(field, value(field, good));
      }
    }
    return message.build();
  }

  /** A text; half of the texts are known to the apps. */
  String text(boolean good) {
    boolean meant = good ? random.nextInt(15) != 0 : random.nextBoolean();
    List<String> from = meant ? known : STRINGS;
    return from.get(random.nextInt(from.size()));
  }

  private int size() {
    int[] sizes = random.nextInt(200) == 0 ? LARGE_SIZES : SIZES;
    return sizes[random.nextInt(sizes.length)];
  }

  private Object value(FieldDescriptor field, boolean good) {
    return switch (field.getJavaType()) {
      case STRING -> field.getName().equals("currency") && good ? "EUR" : text(good);
      case INT -> (int) number(good);
      case LONG -> number(good);
      case DOUBLE -> DOUBLES[random.nextInt(DOUBLES.length)];
      case FLOAT -> (float) DOUBLES[random.nextInt(DOUBLES.length)];
      case BOOLEAN -> random.nextBoolean();
      case BYTE_STRING -> ByteString.copyFrom(garbage(8));
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(20) - 2);
      case MESSAGE -> message(field.getMessageType());
    };
  }

  private long number(boolean good) {
    if (good ? random.nextInt(20) != 0 : random.nextBoolean()) {
      return good ? 1 + random.nextInt(3) : SMALL[random.nextInt(SMALL.length)];
    }
    return EXTREME[random.nextInt(EXTREME.length)];
  }

  byte[] garbage(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  byte[] mutated(byte[] message) {
    byte[] bytes = message;
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = mutatedOnce(bytes);
    }
    return bytes;
  }

  private byte[] mutatedOnce(byte[] bytes) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    int end = at + (bytes.length == at ? 0 : random.nextInt(Math.min(64, bytes.length - at)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    switch (random.nextInt(5)) {
      case 0 -> out.writeBytes(garbage(1 + random.nextInt(8)));
      case 1 -> {
        return out.toByteArray();
      }
      case 2 -> out.write(bytes, at, end - at);
      case 3 -> at = end;
      default -> {
        if (at < bytes.length) {
          out.write(bytes[at] ^ 1 << random.nextInt(8));
          at++;
        }
      }
    }
    out.write(bytes, at, bytes.length - at);
    return out.toByteArray();
  }

  /** Well-formed fields with unknown numbers: a varint and some bytes. */
  private byte[] withUnknownFields(byte[] message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xf8, 7, (byte) random.nextInt(128)});
    out.writeBytes(message);
    byte[] more = garbage(random.nextInt(100));
    out.writeBytes(new byte[] {(byte) 0xfa, 7, (byte) more.length});
    out.writeBytes(more);
    return out.toByteArray();
  }

  /** Exceeds the server's size limit. */
  byte[] tooLarge() {
    return new byte[TOO_LARGE + random.nextInt(1000)];
  }
}
