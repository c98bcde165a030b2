package dev.chatgate.streaming;

import java.lang.reflect.Constructor;

/** Creates the handler that is named by the function's {@code Handler} setting. */
final class HandlerClass {

  private HandlerClass() {}

  /**
   * Creates the handler.
   *
   * @param arguments the program's arguments; the first is the handler's class name
   * @throws IllegalArgumentException if the name is missing or is not the class of a usable handler
   * @throws ReflectiveOperationException if the handler's constructor failed
   */
  static StreamingHandler instantiate(String[] arguments) throws ReflectiveOperationException {
    if (arguments.length == 0) {
      throw new IllegalArgumentException(
          "The handler's class name is missing: pass it as the first argument");
    }
    String name = arguments[0];
    if (name.contains("::")) {
      throw refused(name, " names a method: give the class name only");
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
