package dev.platform.mall;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A command and its {@code --name value} options. */
record Arguments(String command, Map<String, List<String>> options) {

  static Arguments parse(String... args) {
    if (args.length == 0) {
      throw new IllegalArgumentException("a command is expected");
    }
    Map<String, List<String>> options = new HashMap<>();
    for (int i = 1; i < args.length; i += 2) {
      if (!args[i].startsWith("--")) {
        throw new IllegalArgumentException("not an option: " + args[i]);
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      options.computeIfAbsent(args[i].substring(2), name -> new ArrayList<>()).add(args[i + 1]);
    }
    return new Arguments(args[0], options);
  }

  /** The last value given. */
  String text(String name, String otherwise) {
    List<String> values = options.getOrDefault(name, List.of());
    return values.isEmpty() ? otherwise : values.get(values.size() - 1);
  }

  String text(String name) {
    String text = text(name, "");
    if (text.isEmpty()) {
      throw new IllegalArgumentException("--" + name + " is needed");
    }
    return text;
  }

  int number(String name, int otherwise) {
    String text = text(name, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, like a number that is too small.
    }
    throw new IllegalArgumentException("--" + name + ": " + text + " (expected: 1 or more)");
  }

  List<String> all(String name, List<String> otherwise) {
    return options.getOrDefault(name, otherwise);
  }
}
