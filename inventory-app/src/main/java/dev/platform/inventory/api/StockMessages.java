package dev.platform.inventory.api;

import dev.platform.contracts.inventory.v1.ImportStockError;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.inventory.domain.ImportStock.BadLine;
import dev.platform.inventory.domain.ImportStock.Summary;
import dev.platform.inventory.domain.InvalidInput;
import dev.platform.inventory.domain.ReservationLine;
import java.util.ArrayList;
import java.util.List;

/** Maps stock between the wire and the domain. */
final class StockMessages {

  private StockMessages() {}

  static StockLevel level(dev.platform.inventory.domain.StockLevel level) {
    return StockLevel.newBuilder()
        .setProductId(level.productId())
        .setAvailable(level.available())
        .setReserved(level.reserved())
        .setSold(level.sold())
        .build();
  }

  /** The requested lines; a refusal names a bad line's index. */
  static List<ReservationLine> lines(ReserveRequest request) {
    List<ReservationLine> lines = new ArrayList<>(request.getLinesCount());
    for (int i = 0; i < request.getLinesCount(); i++) {
      try {
        lines.add(
            new ReservationLine(
                request.getLines(i).getProductId(), request.getLines(i).getQuantity()));
      } catch (InvalidInput e) {
        throw e.within("lines[" + i + "]");
      }
    }
    return lines;
  }

  static ImportStockResponse summary(Summary summary) {
    ImportStockResponse.Builder message =
        ImportStockResponse.newBuilder()
            .setLinesRead(summary.linesRead())
            .setLinesRepeated(summary.linesRepeated())
            .setLinesImported(summary.linesImported())
            .setPiecesImported(summary.piecesImported())
            .setLinesRejected(summary.linesRejected());
    for (BadLine error : summary.errors()) {
      message.addErrors(
          ImportStockError.newBuilder().setLine(error.line()).setMessage(error.problem()));
    }
    return message.build();
  }
}
