package dev.platform.core.interleaving;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

/**
 * The main class of a JVM with a planted fault: runs the tests of a class until one fails, whose
 * name it prints.
 */
public final class PlantedRun {

  static final String FOUND = "found by ";

  private PlantedRun() {}

  /** With the name of the class. */
  public static void main(String[] arguments) throws Exception {
    Class<?> type = Class.forName(arguments[0]);
    for (Method test : type.getDeclaredMethods()) {
      if (test.isAnnotationPresent(Test.class) && !holds(type, test)) {
        System.out.println(FOUND + test.getName());
        // A scenario that failed may have left threads behind.
        Runtime.getRuntime().halt(0);
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static boolean holds(Class<?> type, Method test) throws Exception {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    test.setAccessible(true);
    try {
      test.invoke(constructor.newInstance());
      return true;
    } catch (InvocationTargetException e) {
      return false;
    }
  }
}
