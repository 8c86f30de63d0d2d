package dev.platform.core.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"Addr\"",
        "{\"Addr\":",
        "{\"Addr\":\"127.0.0.1:1\"",
        "{\"Addr\":\"127.0.0.1:1\",}",
        "{\"Addr\" \"127.0.0.1:1\"}",
        "{Addr:\"127.0.0.1:1\"}",
        "{'Addr':'127.0.0.1:1'}",
        "{\"Addr\":NaN}",
        "{\"Addr\":\"\\x\"}",
        "{\"Addr\":\"a\nb\"}",
        "[{\"Addr\":\"127.0.0.1:1\"}]",
        "\"{}\"",
        "17",
        "null",
        "127.0.0.1:1",
        "\0",
      })
  void nonObjectsAreRejected(String text) {
    assertThatThrownBy(() -> Json.readObject(text)).isInstanceOf(JsonParseException.class);
  }

  @Test
  void tooDeepNestingIsRejected() {
    String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);

    assertThatThrownBy(() -> Json.readObject(deep)).isInstanceOf(JsonParseException.class);
  }

  @Test
  void textAfterTheObjectIsIgnored() {
    assertThat(Json.text(Json.readObject("{\"a\":\"b\"} and more").get("a"))).isEqualTo("b");
  }

  @Test
  void valuesOfAllTypesAreReadAsText() {
    JsonObject read =
        Json.readObject(
            "{\"text\":\"a\\u0041\",\"number\":50,\"flag\":true,\"nothing\":null,"
                + "\"object\":{\"a\":1},\"list\":[1,2]}");

    assertThat(Json.text(read.get("text"))).isEqualTo("aA");
    assertThat(Json.text(read.get("number"))).isEqualTo("50");
    assertThat(Json.text(read.get("flag"))).isEqualTo("true");
    assertThat(Json.text(read.get("nothing"))).isEqualTo("null");
    assertThat(Json.text(JsonNull.INSTANCE)).isEqualTo("null");
    assertThat(Json.text(read.get("object"))).isEqualTo("{\"a\":1}");
    assertThat(Json.text(read.get("list"))).isEqualTo("[1,2]");
    assertThat(Json.text(read.get("missing"))).isEmpty();
  }

  @Test
  void anObjectIsWrittenOnOneLineInMemberOrder() {
    JsonObject object = new JsonObject();
    object.addProperty("b", 1);
    object.addProperty("a", "line\nbreak \"quoted\"");

    assertThat(Json.write(object)).isEqualTo("{\"b\":1,\"a\":\"line\\nbreak \\\"quoted\\\"\"}");
  }

  @Test
  void textIsWrittenWithoutHtmlEscapes() {
    JsonObject object = new JsonObject();
    object.addProperty("a", "<zone> = 'ä' & more");

    assertThat(Json.write(object)).isEqualTo("{\"a\":\"<zone> = 'ä' & more\"}");
  }
}
