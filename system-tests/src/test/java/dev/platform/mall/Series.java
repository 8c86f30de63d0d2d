package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** Series as Prometheus' API has them. */
final class Series {

  private Series() {}

  /** The values of a query, by labels. */
  static Map<String, String> values(JsonNode series) {
    Map<String, String> values = new TreeMap<>();
    series.forEach(
        each -> values.put(each.path("metric").toString(), each.at("/value/1").asText()));
    return values;
  }

  /** The value of a query's first series; 0 if there is none. */
  static double number(JsonNode series) {
    return series.at("/0/value/1").asDouble();
  }

  /** Whether a query over a time has any number. */
  static boolean hasNumbers(JsonNode history) {
    for (JsonNode series : history) {
      for (JsonNode sample : series.path("values")) {
        if (!sample.path(1).asText().equals("NaN")) {
          return true;
        }
      }
    }
    return false;
  }
}
