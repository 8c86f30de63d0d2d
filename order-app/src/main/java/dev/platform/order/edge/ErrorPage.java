package dev.platform.order.edge;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpStatus;
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

  @RequestMapping("${server.error.path:${error.path:/error}}")
  ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = code instanceof Integer known ? known : HttpStatus.NOT_FOUND.value();
    return ResponseEntity.status(status).body(ProblemDetail.forStatus(status));
  }
}
