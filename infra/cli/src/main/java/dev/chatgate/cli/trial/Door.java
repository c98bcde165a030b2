package dev.chatgate.cli.trial;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A door: an option's value. */
enum Door {
  /** The function URL, which streams. */
  STREAM,
  /** API Gateway, which answers in one piece. */
  API;

  /** Parses the name of a door. */
  static final class Converter implements ITypeConverter<Door> {
    @Override
    public Door convert(String text) {
      return switch (text) {
        case "stream" -> STREAM;
        case "api" -> API;
        default ->
            throw new TypeConversionException(
                "'" + text + "' is not a door (expected stream, api)");
      };
    }
  }

  /** The names, for completion. */
  static final class Candidates extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Candidates() {
      super(List.of("stream", "api"));
    }
  }
}
