package dev.platform.order.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Hides media types that Spring can't even refuse: its parser reads past the end of one that begins
 * with a quote, which would be a server error instead of the client's. An unreadable Accept is
 * ignored, as if the client had no preference.
 */
final class MediaTypesFilter extends OncePerRequestFilter {

  private final HandlerExceptionResolver problems;

  MediaTypesFilter(HandlerExceptionResolver problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest readable = hasReadableAccept(request) ? request : new AnyAccept(request);
    if (isReadable(request.getContentType())) {
      chain.doFilter(readable, response);
      return;
    }
    var refusal = new HttpMediaTypeNotSupportedException("unreadable");
    if (problems.resolveException(readable, response, null, refusal) == null) {
      throw refusal;
    }
  }

  private static boolean hasReadableAccept(HttpServletRequest request) {
    return Collections.list(request.getHeaders(HttpHeaders.ACCEPT)).stream()
        .allMatch(MediaTypesFilter::isReadable);
  }

  private static boolean isReadable(@Nullable String types) {
    try {
      MimeTypeUtils.parseMimeTypes(types);
      return true;
    } catch (InvalidMimeTypeException e) {
      // Spring refuses it where it matters.
      return true;
    } catch (StringIndexOutOfBoundsException e) {
      return false;
    }
  }

  private static final class AnyAccept extends HttpServletRequestWrapper {

    AnyAccept(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(HttpHeaders.ACCEPT) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return name.equalsIgnoreCase(HttpHeaders.ACCEPT)
          ? Collections.emptyEnumeration()
          : super.getHeaders(name);
    }
  }
}
