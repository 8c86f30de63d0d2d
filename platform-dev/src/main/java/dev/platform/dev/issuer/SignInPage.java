package dev.platform.dev.issuer;

import java.util.Map;

/** The page on which a developer chooses who to be. No password: the issuer is for development. */
final class SignInPage {

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Sign in (development)</title>
          <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; }
            label, input, button { display: block; width: 100%%; box-sizing: border-box; font: inherit; }
            label { margin-top: 1rem; }
            input, button { padding: .5rem; }
            button { margin-top: 1.5rem; }
          </style>
        </head>
        <body>
          <main>
            <h1>Sign in</h1>
            <p>This issuer is for development: choose who to be. There is no password.</p>
            <form method="post" action="authorize">
              <label for="subject">User</label>
              <input id="subject" name="subject" value="ana" required maxlength="128" autofocus>
              <label for="roles">Roles, separated by spaces</label>
              <input id="roles" name="roles" value="customer" maxlength="512">
              %s
              <button id="sign-in" type="submit">Sign in to %s</button>
            </form>
          </main>
        </body>
      </html>
      """;

  private SignInPage() {}

  /**
   * @param client who asks
   * @param request the request's parameters, sent back with the form
   */
  static String of(String client, Map<String, String> request) {
    StringBuilder hidden = new StringBuilder();
    request.forEach(
        (name, value) ->
            hidden.append(
                "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                    .formatted(escaped(name), escaped(value))));
    return PAGE.formatted(hidden, escaped(client));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
