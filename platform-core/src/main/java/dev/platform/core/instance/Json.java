package dev.platform.core.instance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** JSON of etcd's values and of snapshots. Thread-safe. */
public final class Json {

  /** By default Gson escapes {@code <}, {@code =} and the like. */
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private Json() {}

  /**
   * Reads one object; text after it is ignored.
   *
   * @throws JsonParseException for text that is not a JSON object
   */
  public static JsonObject readObject(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    JsonElement read = JsonParser.parseReader(reader);
    if (read instanceof JsonObject object) {
      return object;
    }
    throw new JsonSyntaxException("not a JSON object");
  }

  /** On one line, without spaces. */
  public static String write(JsonObject object) {
    StringWriter text = new StringWriter();
    try (JsonWriter writer = new JsonWriter(text)) {
      GSON.toJson(object, writer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** A string or number as text, anything else as JSON; empty for null. */
  public static String text(@Nullable JsonElement element) {
    if (element == null) {
      return "";
    }
    return element instanceof JsonPrimitive value ? value.getAsString() : element.toString();
  }
}
