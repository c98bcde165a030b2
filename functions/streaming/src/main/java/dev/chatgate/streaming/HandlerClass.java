package dev.chatgate.streaming;

import java.lang.reflect.Constructor;

/** Finds the handler that the function's {@code Handler} setting names. */
final class HandlerClass {

  private HandlerClass() {}

  /**
   * @throws IllegalArgumentException if the name is none of a handler
   * @throws ReflectiveOperationException if there is no such class, or its constructor failed
   */
  static StreamingHandler instantiate(String[] arguments) throws ReflectiveOperationException {
    if (arguments.length == 0) {
      throw new IllegalArgumentException("No handler was named: the class name is the argument");
    }
    String name = arguments[0];
    if (name.contains("::")) {
      throw refused(name, " names a method: give the class name alone");
    }
    return construct(load(name));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw refused(name, " is not on the class path");
    }
  }

  private static StreamingHandler construct(Class<?> type) throws ReflectiveOperationException {
    if (!StreamingHandler.class.isAssignableFrom(type)) {
      throw refused(type.getName(), " does not implement dev.chatgate.streaming.StreamingHandler");
    }
    return (StreamingHandler) constructor(type).newInstance();
  }

  private static Constructor<?> constructor(Class<?> type) {
    try {
      return type.getConstructor();
    } catch (NoSuchMethodException e) {
      throw refused(type.getName(), " has no public constructor without parameters");
    }
  }

  private static IllegalArgumentException refused(String name, String reason) {
    return new IllegalArgumentException("Handler ".concat(name).concat(reason));
  }
}
