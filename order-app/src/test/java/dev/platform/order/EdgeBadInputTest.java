package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad request gets the right status with reason and field, and has no effect. */
class EdgeBadInputTest extends EdgeTest {

  private static final int LIMIT = 1024 * 1024;

  @AfterEach
  void nothingHappened() {
    assertThat(ordersOfUser()).isEmpty();
  }

  static Stream<Arguments> badBodies() {
    return Stream.of(
        bad("", "the body is empty (expected: a JSON object)"),
        bad("  ", "the body must be a JSON object, not null"),
        bad("null", "the body must be a JSON object, not null"),
        bad("[]", "the body must be a JSON object, not an array"),
        bad("7", "the body must be a JSON object: 7"),
        bad("{", "the body is not valid JSON at line 1, column 2: Unexpected end-of-input"),
        bad("{\n \"userId\": u}", "the body is not valid JSON at line 2, column 12: Unrecogn"),
        bad("{userId: 'u'}", "the body is not valid JSON at line 1, column 2: Unexpected char"),
        bad(
            "{\"userId\": \"u\",}",
            "the body is not valid JSON at line 1, column 16: Unexpected char"),
        bad("{} {}", "the body goes on after the JSON object at line 1, column 4"),
        bad("{\"userId\":\"a\nb\"}", "the body is not valid JSON at line 1, column 13: Illegal"),
        bad("{\"userId\":\"a\",\"userId\":\"b\"}", "the body is not valid JSON at line 1, column"),
        bad("[".repeat(100_000), "the body has too many levels"),
        bad("{\"a\":".repeat(40), "the body has too many levels"),
        bad("{\"userId\":\"a\",\"user_id\":\"b\"}", "userId is given twice, as user_id and userId"),
        bad(
            "{\"userName\":\"a\"}",
            "userName is unknown (expected: userId, items, idempotencyKey)"),
        bad("{\"a\\u001b[2J\":1}", "a?[2J is unknown"),
        bad(order("\"colour\":1"), "items[1].colour is unknown (expected: productId, quantity)"),
        bad("{\"userId\":5}", "userId must be a string: 5"),
        bad("{\"userId\":{}}", "userId must be a string, not an object"),
        bad("{\"items\":{}}", "items must be an array, not an object"),
        bad("{\"items\":[null]}", "items[0] must be an object, not null"),
        bad("{\"items\":[[]]}", "items[0] must be an object, not an array"),
        bad(order("\"productId\":7"), "items[1].productId must be a string: 7"),
        bad(order("\"quantity\":1.5"), quantity("1.5")),
        bad(order("\"quantity\":2147483648"), quantity("2147483648")),
        bad(order("\"quantity\":-99999999999999999999"), quantity("-99999999999999999999")),
        bad(order("\"quantity\":1e999999999"), quantity("1E+999999999")),
        bad(
            order("\"quantity\":1e99999999999"),
            "the body has a number whose exponent is too large"),
        bad("{\"userId\":\"a\\ud800\"}", "userId must not contain half a surrogate pair: a?"),
        bad(
            order("\"productId\":\"\\udc00b\""),
            "items[1].productId must not contain half a surrogate pair: ?b"),
        bad(order("\"quantity\":\"many\""), quantity("many")),
        bad(order("\"quantity\":true"), quantity("true")),
        bad(order("\"quantity\":NaN"), "the body is not valid JSON at line 1, column"),
        bad(order("\"productId\":\"p-pen\""), "items[1].quantity must be at least 1: 0"),
        bad(
            order("\"productId\":\"p-pen\",\"quantity\":-1"),
            "items[1].quantity must be at least 1: -1"),
        bad(
            "{\"userId\":\"a\\u0000b\",\"items\":[{}]}",
            "user_id must not contain control characters"),
        bad(order("\"productId\":\"p-9\",\"quantity\":1"), "items[1].product_id is unknown: p-9"),
        bad("{\"userId\":\"u\"}", "items cannot be empty"));
  }

  @ParameterizedTest
  @MethodSource("badBodies")
  void namesTheErrorAndItsField(String body, String message) {
    JsonNode problem = problem(send(post(body)), 400);

    assertThat(problem.get("detail").textValue()).startsWith(message);
    assertThat(problem.get("code").textValue()).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void refusesInvalidUtf8() {
    byte[] latin1 = "{\"userId\":\"J\u00f6rg\"}".getBytes(StandardCharsets.ISO_8859_1);

    JsonNode problem = problem(send(post(BodyPublishers.ofByteArray(latin1))), 400);

    assertThat(problem.get("detail").textValue())
        .startsWith("the body is not valid JSON at line 1, column 15: Invalid UTF-8");
  }

  @Test
  void refusesTenThousandItemsAndNamesTheLimit() {
    String items =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "{\"productId\":\"p-" + i + "\",\"quantity\":1}")
            .collect(Collectors.joining(","));

    JsonNode problem =
        problem(send(post("{\"userId\":\"" + user + "\",\"items\":[" + items + "]}")), 400);

    assertThat(problem.get("detail").textValue()).isEqualTo("items must be at most 100: 10000");
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    byte[] large = new byte[5 * LIMIT];

    JsonNode announced = problem(send(post(BodyPublishers.ofByteArray(new byte[LIMIT + 1]))), 413);
    assertThat(announced.get("detail").textValue())
        .isEqualTo("the body is larger than 1048576 bytes");
    JsonNode chunked =
        problem(
            send(
                post(
                    BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(large, 0, LIMIT + 1)))),
            413);
    assertThat(chunked.get("detail")).isEqualTo(announced.get("detail"));
  }

  @Test
  void refusesOtherContentTypes() {
    String body = orderJson("p-mug", 1);

    assertThat(
            problem(send(post(body).setHeader("Content-Type", "text/plain")), 415)
                .get("detail")
                .textValue())
        .isEqualTo("Content-Type 'text/plain' is not supported.");
    problem(send(to("/api/orders").POST(BodyPublishers.ofString(body))), 415);
    problem(send(post(body).setHeader("Content-Type", "nonsense")), 415);
    problem(send(post(body).setHeader("Content-Type", "multipart/form-data")), 415);
    problem(send(post(body).setHeader("Content-Type", "\"application/json")), 415);
    problem(send(to("/api/nothing").header("Accept", "\"text/html")), 404);
  }

  @Test
  void refusesOtherMethodsAndPaths() {
    assertThat(problem(send(to("/api/orders/o-1").DELETE()), 405).get("detail").textValue())
        .isEqualTo("Method 'DELETE' is not supported.");
    problem(send(to("/api/nothing")), 404);
  }

  private static Arguments bad(String body, String message) {
    return Arguments.of(body, message);
  }

  /** An order whose second item has these fields. */
  private static String order(String fields) {
    return "{\"userId\":\"u\",\"items\":[{\"productId\":\"p-mug\",\"quantity\":1},{"
        + fields
        + "}]}";
  }

  private static String quantity(String given) {
    return "items[1].quantity must be a whole number from -2147483648 to 2147483647: " + given;
  }
}
