package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.dev.tracing.ReceivedSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Spans in OTLP's JSON, as Jaeger's API has them. */
final class OtlpJson {

  /** OTLP's kinds of spans, by their numbers. */
  private static final List<String> KINDS =
      List.of("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");

  private static final int ERROR = 2;

  private OtlpJson() {}

  /** All spans, in their order. */
  static List<ReceivedSpan> spans(JsonNode resourceSpans) {
    List<ReceivedSpan> spans = new ArrayList<>();
    for (JsonNode resource : resourceSpans) {
      String service =
          attributes(resource.at("/resource/attributes")).getOrDefault("service.name", "");
      for (JsonNode scope : resource.path("scopeSpans")) {
        scope.path("spans").forEach(span -> spans.add(span(service, span)));
      }
    }
    return spans;
  }

  /** The attributes of each resource. */
  static List<Map<String, String>> resources(JsonNode resourceSpans) {
    List<Map<String, String>> resources = new ArrayList<>();
    resourceSpans.forEach(each -> resources.add(attributes(each.at("/resource/attributes"))));
    return resources;
  }

  private static ReceivedSpan span(String service, JsonNode span) {
    List<ReceivedSpan.Event> events = new ArrayList<>();
    for (JsonNode event : span.path("events")) {
      events.add(
          new ReceivedSpan.Event(
              event.path("name").asText(), attributes(event.path("attributes"))));
    }
    List<ReceivedSpan.Link> links = new ArrayList<>();
    for (JsonNode link : span.path("links")) {
      links.add(new ReceivedSpan.Link(link.path("traceId").asText(), link.path("spanId").asText()));
    }
    return new ReceivedSpan(
        service,
        span.path("traceId").asText(),
        span.path("spanId").asText(),
        span.path("parentSpanId").asText(),
        span.path("name").asText(),
        KINDS.get(span.path("kind").asInt()),
        span.path("startTimeUnixNano").asLong(),
        span.path("endTimeUnixNano").asLong(),
        span.at("/status/code").asInt() == ERROR,
        attributes(span.path("attributes")),
        events,
        links);
  }

  /** Texts, numbers and truth values, which are all that the applications have. */
  private static Map<String, String> attributes(JsonNode attributes) {
    Map<String, String> texts = new HashMap<>();
    for (JsonNode attribute : attributes) {
      texts.put(attribute.path("key").asText(), attribute.path("value").elements().next().asText());
    }
    return texts;
  }
}
