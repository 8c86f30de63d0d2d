package dev.platform.tests.link;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Resolves a class's references to classes, fields and methods as the JVM would. Ignores
 * annotations, which may be missing.
 */
final class Linker {

  private final ClassIndex classes = new ClassIndex();
  private final Collection<String> optional;
  private final Set<String> missing = new TreeSet<>();

  /**
   * @param optional prefixes of internal names that may be missing
   */
  Linker(Collection<String> optional) {
    this.optional = optional;
  }

  /** Missing references, each with the referring class. */
  Set<String> missing() {
    return missing;
  }

  void link(byte[] classFile) {
    ClassReader file = new ClassReader(classFile);
    file.accept(new References(file.getClassName()), ClassReader.SKIP_FRAMES);
  }

  private enum Found {
    YES,
    NO,
    /** Possibly a member of a missing class. */
    UNKNOWN
  }

  private Found find(String owner, String member) {
    Optional<ClassIndex.Known> known = classes.find(owner);
    if (known.isEmpty()) {
      return Found.UNKNOWN;
    }
    if (known.get().members().contains(member)) {
      return Found.YES;
    }
    Found found = Found.NO;
    for (String parent : known.get().parents()) {
      Found there = find(parent, member);
      if (there == Found.YES) {
        return there;
      }
      found = there == Found.UNKNOWN ? there : found;
    }
    return found;
  }

  private final class References extends ClassVisitor {

    private final String from;
    private final Code code = new Code();

    References(String from) {
      super(SpringAsmInfo.ASM_VERSION);
      this.from = from;
    }

    @Override
    public void visit(
        int version, int access, String name, String generics, String parent, String[] others) {
      type(parent);
      types(others);
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String type, String generics, Object value) {
      type(Type.getType(type));
      return null;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String type, String generics, String[] exceptions) {
      type(Type.getMethodType(type));
      types(exceptions);
      return code;
    }

    private void types(String[] names) {
      if (names != null) {
        for (String name : names) {
          type(name);
        }
      }
    }

    private void type(String name) {
      type(Type.getObjectType(name));
    }

    private void type(Type type) {
      switch (type.getSort()) {
        case Type.METHOD -> {
          type(type.getReturnType());
          for (Type argument : type.getArgumentTypes()) {
            type(argument);
          }
        }
        case Type.ARRAY -> type(type.getElementType());
        case Type.OBJECT -> {
          String name = type.getInternalName();
          if (classes.find(name).isEmpty() && optional.stream().noneMatch(name::startsWith)) {
            missing.add("%s, in %s".formatted(name, from));
          }
        }
        default -> {}
      }
    }

    private void member(String owner, String name, String type) {
      type(owner);
      type(Type.getType(type));
      boolean array = owner.startsWith("[");
      // An interface also has the methods of Object.
      if (!array
          && find(owner, name + type) == Found.NO
          && find("java/lang/Object", name + type) == Found.NO
          && !owner.equals("java/lang/invoke/MethodHandle")) {
        missing.add("%s.%s%s, in %s".formatted(owner, name, type, from));
      }
    }

    private void constant(Object value) {
      if (value instanceof Type type) {
        type(type);
      } else if (value instanceof Handle handle) {
        member(handle.getOwner(), handle.getName(), handle.getDesc());
      } else if (value instanceof ConstantDynamic dynamic) {
        constant(dynamic.getBootstrapMethod());
      }
    }

    private final class Code extends MethodVisitor {

      Code() {
        super(SpringAsmInfo.ASM_VERSION);
      }

      @Override
      public void visitTypeInsn(int opcode, String name) {
        type(name);
      }

      @Override
      public void visitFieldInsn(int opcode, String owner, String name, String type) {
        member(owner, name, type);
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String type, boolean ofInterface) {
        member(owner, name, type);
      }

      @Override
      public void visitInvokeDynamicInsn(
          String name, String type, Handle bootstrap, Object... arguments) {
        type(Type.getType(type));
        constant(bootstrap);
        for (Object argument : arguments) {
          constant(argument);
        }
      }

      @Override
      public void visitLdcInsn(Object value) {
        constant(value);
      }

      @Override
      public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        if (type != null) {
          type(type);
        }
      }

      @Override
      public void visitMultiANewArrayInsn(String type, int dimensions) {
        type(Type.getType(type));
      }
    }
  }
}
