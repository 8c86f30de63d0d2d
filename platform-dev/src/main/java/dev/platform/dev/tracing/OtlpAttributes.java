package dev.platform.dev.tracing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OTLP's typed attributes as plain Java values, and as text for Zipkin's tags. */
final class OtlpAttributes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private OtlpAttributes() {}

  /** Each attribute as text, in their order; lists and maps as JSON. */
  static Map<String, String> texts(List<KeyValue> attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    attributes.forEach(a -> texts.put(a.getKey(), text(value(a.getValue()))));
    return texts;
  }

  /** All attributes as one JSON object. */
  static String json(List<KeyValue> attributes) {
    return toJson(map(attributes));
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    return value instanceof List || value instanceof Map ? toJson(value) : value.toString();
  }

  private static @Nullable Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BYTES_VALUE -> Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream().map(OtlpAttributes::value).toList();
      case KVLIST_VALUE -> map(value.getKvlistValue().getValuesList());
      // And what later versions of OTLP know.
      default -> null;
    };
  }

  private static Map<String, @Nullable Object> map(List<KeyValue> attributes) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    attributes.forEach(a -> map.put(a.getKey(), value(a.getValue())));
    return map;
  }

  private static String toJson(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values that can't be written as JSON", e);
    }
  }
}
