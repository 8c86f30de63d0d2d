package dev.platform.tests.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/** Members of classes on the class path, read without loading the classes. */
final class ClassIndex {

  /**
   * @param members names with descriptors
   */
  record Known(Set<String> members, List<String> parents) {}

  private final ClassLoader loader = ClassIndex.class.getClassLoader();
  private final Map<String, Optional<Known>> classes = new HashMap<>();

  /** Looks up an internal name; empty if the class is missing. */
  Optional<Known> find(String name) {
    Optional<Known> known = classes.get(name);
    if (known == null) {
      known = read(name);
      classes.put(name, known);
    }
    return known;
  }

  private Optional<Known> read(String name) {
    if (ClassLoader.getPlatformClassLoader().getResource(name + ".class") != null) {
      return Optional.of(ofJdk(name));
    }
    try (InputStream file = loader.getResourceAsStream(name + ".class")) {
      return file == null ? Optional.empty() : Optional.of(read(new ClassReader(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static Known read(ClassReader file) {
    Set<String> members = new HashSet<>();
    file.accept(
        new ClassVisitor(SpringAsmInfo.ASM_VERSION) {
          @Override
          public FieldVisitor visitField(
              int access, String name, String type, String signature, Object value) {
            members.add(name + type);
            return null;
          }

          @Override
          public MethodVisitor visitMethod(
              int access, String name, String type, String signature, String[] exceptions) {
            members.add(name + type);
            return null;
          }
        },
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return new Known(
        members,
        Stream.concat(Stream.of(file.getSuperName()), Arrays.stream(file.getInterfaces()))
            .toList());
  }

  /** The JDK's class files may be too new for the reader. */
  private static Known ofJdk(String name) {
    try {
      Class<?> type =
          Class.forName(name.replace('/', '.'), false, ClassLoader.getPlatformClassLoader());
      Set<String> members = new HashSet<>();
      for (Field field : type.getDeclaredFields()) {
        members.add(field.getName() + Type.getDescriptor(field.getType()));
      }
      for (Method method : type.getDeclaredMethods()) {
        members.add(method.getName() + Type.getMethodDescriptor(method));
      }
      Arrays.stream(type.getDeclaredConstructors())
          .forEach(made -> members.add("<init>" + Type.getConstructorDescriptor(made)));
      Stream<Class<?>> parents =
          Stream.concat(
              Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()));
      return new Known(members, parents.map(Type::getInternalName).toList());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
