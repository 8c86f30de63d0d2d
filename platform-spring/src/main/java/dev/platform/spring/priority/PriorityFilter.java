package dev.platform.spring.priority;

import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/** Gives the work for a request the priority of its path. No header is read. */
final class PriorityFilter implements Filter {

  private final PathPriorities paths;

  PriorityFilter(PathPriorities paths) {
    this.paths = paths;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Priority priority = request instanceof HttpServletRequest http ? priority(http) : null;
    if (priority == null) {
      chain.doFilter(request, response);
      return;
    }
    Context context = CallPriority.in(Context.current(), priority);
    Context before = context.attach();
    try {
      chain.doFilter(request, response);
    } finally {
      context.detach(before);
    }
  }

  private @Nullable Priority priority(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    return paths.of(PathContainer.parsePath(path));
  }
}
