package dev.platform.order.edge;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * The web server's own refusals as problem details. A direct request for this page gets 404: Boot's
 * own page takes that for an error without a status, and answers 500.
 */
@Controller
class ErrorPage implements ErrorController {

  private final Problems problems;
  private final long maxBody;

  ErrorPage(Problems problems, EdgeProperties properties) {
    this.problems = problems;
    this.maxBody = properties.maxBody().toBytes();
  }

  @RequestMapping("${server.error.path:${error.path:/error}}")
  ResponseEntity<String> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    ProblemDetail problem = ProblemDetail.forStatus(code instanceof Integer known ? known : 404);
    switch (problem.getStatus()) {
      case 400 -> problem.setDetail("the request is incomplete or not valid HTTP");
      case 408 -> problem.setDetail("the rest of the request did not arrive in time");
      case 413 -> problem.setDetail("the body is larger than " + maxBody + " bytes");
      case 503 -> problem.setDetail("too many requests are being received");
      default -> {}
    }
    return ResponseEntity.status(problem.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problems.write(problem));
  }
}
