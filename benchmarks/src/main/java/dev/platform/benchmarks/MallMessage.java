package dev.platform.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.platform.benchmarks.SerialisationBenchmark.Codec;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * The mall's messages of typical sizes, and a long list. Each has a record of the same content,
 * which is what an HTTP API has in its place.
 */
public enum MallMessage {
  ORDER_REQUEST(
      "CreateOrderRequest, three items", MallMessages::orderRequest, MallRecords::orderRequest),
  ORDER_RESPONSE(
      "CreateOrderResponse, five recommendations",
      MallMessages::orderResponse,
      MallRecords::orderResponse),
  ORDER_EVENT("OrderEvent", MallMessages::orderEvent, MallRecords::orderEvent),
  PRODUCT("GetProductResponse", MallMessages::product, MallRecords::product),
  STOCK(
      "CheckStockResponse, three levels", () -> MallMessages.stock(3), () -> MallRecords.stock(3)),
  STOCK_LIST(
      "CheckStockResponse, 1,000 levels",
      () -> MallMessages.stock(1000),
      () -> MallRecords.stock(1000));

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String description;
  private final Supplier<? extends Message> message;
  private final Supplier<? extends Record> value;

  MallMessage(
      String description, Supplier<? extends Message> message, Supplier<? extends Record> value) {
    this.description = description;
    this.message = message;
    this.value = value;
  }

  String description() {
    return description;
  }

  Codec protobuf() {
    Parser<? extends Message> parser = message.get().getParserForType();
    return new Codec() {
      @Override
      public byte[] write() {
        return message.get().toByteArray();
      }

      @Override
      public Object read(byte[] bytes) throws IOException {
        return parser.parseFrom(bytes);
      }
    };
  }

  Codec jackson() {
    ObjectWriter writer = MAPPER.writerFor(value.get().getClass());
    ObjectReader reader = MAPPER.readerFor(value.get().getClass());
    return new Codec() {
      @Override
      public byte[] write() throws IOException {
        return writer.writeValueAsBytes(value.get());
      }

      @Override
      public Object read(byte[] bytes) throws IOException {
        return reader.readValue(bytes);
      }
    };
  }

  Codec protobufJson() {
    Message template = message.get().getDefaultInstanceForType();
    return new Codec() {
      @Override
      public byte[] write() {
        return SerialisationBenchmark.toJson(message.get());
      }

      @Override
      public Object read(byte[] bytes) throws IOException {
        return SerialisationBenchmark.fromJson(bytes, template.newBuilderForType());
      }
    };
  }

  /** Checks that each format has everything that was written, and the record no less. */
  void requireSameContent() throws IOException {
    byte[] json = jackson().write();
    requireEqual(protobuf().read(protobuf().write()), message.get());
    requireEqual(protobufJson().read(protobufJson().write()), message.get());
    requireEqual(jackson().read(json), value.get());
    requireEqual(protobufJson().read(json), message.get());
  }

  private void requireEqual(Object read, Object written) {
    if (!read.equals(written)) {
      throw new IllegalStateException(name() + ": " + read + " (expected: " + written + ")");
    }
  }
}
