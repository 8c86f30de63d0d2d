package dev.platform.order.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks that JSON fits a message type; if not, names the field and the expected value. */
final class MessageShape {

  /** Longer texts are not meant as numbers. */
  private static final int MAX_DIGITS = 40;

  private MessageShape() {}

  /** Throws INVALID_ARGUMENT. */
  static void check(JsonNode json, Descriptor type) {
    if (!json.isObject()) {
      throw invalid("the body must be a JSON object" + but(json));
    }
    checkObject("", json, type);
  }

  private static void checkObject(String path, JsonNode object, Descriptor type) {
    Set<FieldDescriptor> seen = new HashSet<>();
    Iterator<Map.Entry<String, JsonNode>> entries = object.fields();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      String name = path + Text.shortened(entry.getKey());
      FieldDescriptor field = field(type, entry.getKey());
      if (field == null) {
        throw invalid(name + " is unknown (expected: " + names(type) + ")");
      }
      if (!seen.add(field)) {
        throw invalid(
            "%s is given twice, as %s and %s"
                .formatted(path + field.getJsonName(), field.getName(), field.getJsonName()));
      }
      if (!entry.getValue().isNull()) {
        checkField(name, entry.getValue(), field);
      }
    }
  }

  private static void checkField(String name, JsonNode value, FieldDescriptor field) {
    if (!field.isRepeated()) {
      checkValue(name, value, field);
      return;
    }
    if (!value.isArray()) {
      throw invalid(name + " must be an array" + but(value));
    }
    for (int i = 0; i < value.size(); i++) {
      checkValue(name + "[" + i + "]", value.get(i), field);
    }
  }

  private static void checkValue(String name, JsonNode value, FieldDescriptor field) {
    switch (field.getJavaType()) {
      case MESSAGE -> {
        if (!value.isObject()) {
          throw invalid(name + " must be an object" + but(value));
        }
        checkObject(name + ".", value, field.getMessageType());
      }
      case STRING -> {
        if (!value.isTextual()) {
          throw invalid(name + " must be a string" + but(value));
        }
        if (!UTF_8.newEncoder().canEncode(value.textValue())) {
          throw invalid(name + " must not contain half a surrogate pair" + but(value));
        }
      }
      case INT -> checkWhole(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LONG -> checkWhole(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
      // Left to protobuf's own parser, which reports what is wrong but not where.
      case BOOLEAN, ENUM, FLOAT, DOUBLE, BYTE_STRING -> {}
    }
  }

  private static void checkWhole(String name, JsonNode value, long min, long max) {
    BigDecimal number = number(value);
    if (number == null
        || number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0
        || number.stripTrailingZeros().scale() > 0) {
      throw invalid(
          "%s must be a whole number from %d to %d".formatted(name, min, max) + but(value));
    }
  }

  private static @Nullable BigDecimal number(JsonNode value) {
    if (value.isNumber()) {
      return value.decimalValue();
    }
    // Protobuf's JSON writes 64-bit numbers as strings, and accepts strings for all numbers.
    if (!value.isTextual() || !value.textValue().matches("-?\\d{1," + MAX_DIGITS + "}")) {
      return null;
    }
    return new BigDecimal(value.textValue());
  }

  private static @Nullable FieldDescriptor field(Descriptor type, String name) {
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJsonName().equals(name) || field.getName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private static String names(Descriptor type) {
    return type.getFields().stream()
        .map(FieldDescriptor::getJsonName)
        .collect(Collectors.joining(", "));
  }

  private static String but(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> ", not an object";
      case ARRAY -> ", not an array";
      case NULL, MISSING -> ", not null";
      default -> ": " + Text.shortened(value.asText());
    };
  }

  private static StatusRuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }
}
