package dev.platform.order.session;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The page's way to the issuer and back. */
@RestController
@ConditionalOnProperty(name = "mall.identity", havingValue = "required")
@ConditionalOnExpression("!'${mall.login.client-id:}'.isBlank()")
class SignInController {

  private final SignIn signIn;

  SignInController(SignIn signIn) {
    this.signIn = signIn;
  }

  @GetMapping("/login")
  ResponseEntity<Void> begin(HttpServletRequest request, HttpServletResponse response) {
    return seeOther(signIn.begin(request, response));
  }

  @GetMapping(SignIn.CALLBACK)
  ResponseEntity<Void> end(
      HttpServletRequest request,
      HttpServletResponse response,
      @RequestParam(name = "code", required = false) @Nullable String code,
      @RequestParam(name = "state", required = false) @Nullable String state) {
    signIn.end(request, response, code, state);
    return seeOther("/");
  }

  private static ResponseEntity<Void> seeOther(String location) {
    return ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create(location)).build();
  }
}
