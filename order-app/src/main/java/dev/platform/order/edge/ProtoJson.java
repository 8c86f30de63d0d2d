package dev.platform.order.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * Messages in protobuf's JSON form. Input is parsed strictly: protobuf's own parser would accept
 * missing quotes and duplicate fields, and does not report where an error is. Thread-safe.
 */
final class ProtoJson {

  private static final int MAX_DEPTH = 32;

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace().includingDefaultValueFields();

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();
  private final int maxBytes;

  ProtoJson(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** One line, including fields with their default values. */
  static String write(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a body into a message. Throws INVALID_ARGUMENT saying what is wrong and where. Refuses
   * too large a body with 413, without reading more of it than necessary.
   */
  <B extends Message.Builder> B read(InputStream body, B message) throws IOException {
    JsonNode json = parse(bounded(body));
    MessageShape.check(json, message.getDescriptorForType());
    try {
      JsonFormat.parser().merge(json.toString(), message);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw invalid("the body does not fit: " + e.getMessage());
    }
  }

  private byte[] bounded(InputStream body) {
    byte[] bytes = read(body);
    if (bytes.length > maxBytes) {
      throw new ResponseStatusException(
          HttpStatus.PAYLOAD_TOO_LARGE, "the body is larger than " + maxBytes + " bytes");
    }
    if (bytes.length == 0) {
      throw invalid("the body is empty (expected: a JSON object)");
    }
    return bytes;
  }

  private byte[] read(InputStream body) {
    try {
      return body.readNBytes(maxBytes + 1);
    } catch (SocketTimeoutException e) {
      throw new ResponseStatusException(HttpStatus.REQUEST_TIMEOUT, null, e);
    } catch (IOException e) {
      // A failure of the connection or of its chunks. Tomcat handles both: see ErrorPage.
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, null, e);
    }
  }

  private JsonNode parse(byte[] bytes) throws IOException {
    try {
      return mapper.readTree(bytes);
    } catch (StreamConstraintsException e) {
      throw invalid("the body has too many levels, or a number of too many digits" + where(e));
    } catch (NumberFormatException e) {
      throw invalid("the body has a number whose exponent is too large");
    } catch (MismatchedInputException e) {
      throw invalid("the body goes on after the JSON object" + where(e));
    } catch (JsonProcessingException e) {
      throw invalid("the body is not valid JSON" + where(e) + ": " + e.getOriginalMessage());
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static StatusRuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }
}
