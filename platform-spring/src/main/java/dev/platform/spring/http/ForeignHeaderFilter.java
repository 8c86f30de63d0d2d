package dev.platform.spring.http;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hides {@link ForeignHeaders}, before anything reads them. */
final class ForeignHeaderFilter implements Filter {

  private final ForeignHeaders foreign;

  ForeignHeaderFilter(ForeignHeaders foreign) {
    this.foreign = foreign;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    boolean hides = request instanceof HttpServletRequest http && concerns(http.getHeaderNames());
    chain.doFilter(hides ? new Hidden((HttpServletRequest) request) : request, response);
  }

  private boolean concerns(Enumeration<String> names) {
    while (names.hasMoreElements()) {
      if (foreign.concerns(names.nextElement())) {
        return true;
      }
    }
    return false;
  }

  private final class Hidden extends HttpServletRequestWrapper {

    Hidden(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable String getHeader(String name) {
      if (!foreign.concerns(name)) {
        return super.getHeader(name);
      }
      Enumeration<String> left = getHeaders(name);
      return left.hasMoreElements() ? left.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      if (!foreign.concerns(name)) {
        return super.getHeaders(name);
      }
      return ForeignHeaders.isHidden(name)
          ? Collections.emptyEnumeration()
          : Collections.enumeration(foreign.baggage(Collections.list(super.getHeaders(name))));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      List<String> names =
          Collections.list(super.getHeaderNames()).stream()
              .filter(name -> !foreign.concerns(name) || getHeader(name) != null)
              .toList();
      return Collections.enumeration(names);
    }
  }
}
