package dev.platform.mall;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Malformed HTTP requests, each on its own connection and generated from its number. */
final class HttpFuzz {

  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int MAX_BYTES = 1 << 20;
  private static final int SHOWN = 300;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
  private static final Pattern ORDER =
      Pattern.compile("\"(?:orderId|order_id)\":\\s?\"([0-9a-f]{8}-[0-9a-f-]{27})\"");

  private final long seed;
  private final int port;
  private final List<String> known;
  private final Findings findings;
  private final ReportedEffects effects;

  HttpFuzz(long seed, int port, List<String> known, Findings findings, ReportedEffects effects) {
    this.seed = seed;
    this.port = port;
    this.known = known;
    this.findings = findings;
    this.effects = effects;
  }

  /** Sends a request and waits for the end of its answer. */
  void request(int number) {
    List<String> texts = new ArrayList<>(known);
    texts.add("n-" + number);
    OddHttp.Request request = new OddHttp(new Random(seed * 1_000_003 + number), texts).request();
    String shown = "#" + number + " HTTP " + shown(request.bytes());
    try {
      judge(request, new String(exchange(request.bytes()), UTF_8), shown);
    } catch (IOException e) {
      // The server rejected the request before reading all of it, and the answer was lost with the
      // connection.
      findings.ended("HTTP", "broken off");
      uncertain(request);
    }
  }

  private byte[] exchange(byte[] request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      int read = in.read(buffer);
      while (read >= 0 && answer.size() < MAX_BYTES) {
        answer.write(buffer, 0, read);
        read = in.read(buffer);
      }
      return answer.toByteArray();
    }
  }

  private void judge(OddHttp.Request request, String answer, String shown) {
    Matcher status = STATUS.matcher(answer);
    if (!status.lookingAt()) {
      // A request without a version counts as HTTP 0.9, whose answers are only bodies.
      findings.ended("HTTP", answer.isEmpty() ? "nothing" : "body alone");
      findings.checkTold(answer, shown);
      if (answer.contains("\"status\":500") || answer.contains("HTTP Status 500")) {
        findings.wrong(shown, "got " + answer);
      }
      uncertain(request);
      return;
    }
    int code = Integer.parseInt(status.group(1));
    findings.ended("HTTP", status.group(1));
    if (code == 500 || code == 502) {
      findings.wrong(shown, "got " + answer);
    }
    if (code >= 400) {
      findings.checkTold(answer, shown);
    }
    if (request.order()) {
      recordOrder(request, code, answer);
    }
  }

  private void recordOrder(OddHttp.Request request, int code, String answer) {
    Matcher order = ORDER.matcher(answer);
    if (order.find()) {
      effects.orders.add(order.group(1));
    } else if (code >= 500 || code == 201 || code == 499) {
      uncertain(request);
    }
  }

  private void uncertain(OddHttp.Request request) {
    if (request.order()) {
      effects.uncertain.incrementAndGet();
    }
  }

  private static String shown(byte[] request) {
    String text = new String(request, 0, Math.min(SHOWN, request.length), ISO_8859_1);
    return "[" + request.length + "] " + text.replaceAll("[^ -~]", ".");
  }
}
