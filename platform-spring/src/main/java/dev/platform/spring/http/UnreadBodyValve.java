package dev.platform.spring.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Closes a connection whose request was answered before its body arrived. Tomcat would read the
 * rest of the body first, on the request's thread, for as long as the client takes; and without
 * pause if a {@code ReadListener} has received a part of it in chunks.
 */
final class UnreadBodyValve extends ValveBase {

  UnreadBodyValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    getNext().invoke(request, response);
    if (!request.isAsyncStarted() && !response.isCommitted() && isAwaited(request)) {
      response.setHeader("Connection", "close");
      request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  private static boolean isAwaited(Request request) {
    if (!RequestBodies.hasBody(request.getRequest())) {
      return false;
    }
    org.apache.coyote.Request received = request.getCoyoteRequest();
    if (received.isFinished()) {
      return false;
    }
    long length = received.getContentLengthLong();
    if (length < 0) {
      return true;
    }
    received.action(ActionCode.AVAILABLE, false);
    return received.getAvailable() < length - received.getBytesRead();
  }
}
