package dev.chatgate.cli.key;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.tenant.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The values of {@code --scope}. */
final class ScopeOption {
  private ScopeOption() {}

  /** Parses the name of a scope. */
  static final class Converter implements ITypeConverter<Scope> {
    @Override
    public Scope convert(String text) {
      return Scope.of(text)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'" + text + "' is not a scope (expected " + names(Scope.all()) + ")"));
    }
  }

  /** The names, for completion. */
  static final class Candidates extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Candidates() {
      super(Scope.all().stream().map(Scope::wireName).toList());
    }
  }

  /**
   * The scopes as a set.
   *
   * @throws CommandException if one is given twice
   */
  static Set<Scope> set(List<Scope> given) {
    for (var scope : given) {
      if (Collections.frequency(given, scope) > 1) {
        throw CommandException.error("--scope: " + scope.wireName() + " is given twice.");
      }
    }
    return EnumSet.copyOf(given);
  }

  /** The names, comma-separated. */
  static String names(Set<Scope> scopes) {
    return scopes.isEmpty()
        ? "none"
        : String.join(", ", scopes.stream().sorted().map(Scope::wireName).toList());
  }
}
