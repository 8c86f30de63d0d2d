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
 * What the web server itself refuses, as problem details. Whoever asks for it by its address gets
 * 404: Boot's own one takes that for an error without a status, and answers 500.
 */
@Controller
class ErrorPage implements ErrorController {

  private final Problems problems;

  ErrorPage(Problems problems) {
    this.problems = problems;
  }

  @RequestMapping("${server.error.path:${error.path:/error}}")
  ResponseEntity<String> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    ProblemDetail problem = ProblemDetail.forStatus(code instanceof Integer known ? known : 404);
    switch (problem.getStatus()) {
      case 400 -> problem.setDetail("the request breaks off, or is not as HTTP has it");
      case 408 -> problem.setDetail("the rest of the request did not come in time");
      default -> {}
    }
    return ResponseEntity.status(problem.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problems.write(problem));
  }
}
