package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class CollapsePlotTest {

  private static final String NAME = "a < b & \"c\"";

  @Test
  void hasAChartForEachCellAndItsVerdictInWords(@TempDir Path folder) throws Exception {
    VirtualTime time = new VirtualTime();
    QueueModel naive = QueueModel.naive(time, 3);
    CollapseReport report =
        CollapseCheck.of(NAME, naive::call)
            .capacity(QueueModel.CAPACITY)
            .deadline(QueueModel.DEADLINE)
            .loads(0.2, 0.8)
            .trigger(Trigger.stall("server", naive::stall, naive::resume))
            .time(time)
            .build()
            .run();
    Path file = folder.resolve("plots").resolve("model.svg");

    report.writePlot(file);

    Document svg = parse(Files.readString(file));
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
    assertThat(texts(svg))
        .contains(
            NAME + ": does goodput return after a trigger?",
            "capacity 100.0 requests a second; good is an answer within 3.0 s",
            "20 % of capacity",
            "80 % of capacity",
            "stall of server",
            "good again after 2.0 s",
            "does not return: 0 % good");
    assertThat(file).hasSize(report.svg().getBytes(StandardCharsets.UTF_8).length);
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> texts(Document svg) {
    NodeList nodes = svg.getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }
}
