package dev.chatgate.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Packages and files must not depend on each other in cycles. Dependencies between modules are
 * limited by the class path; functions/README.md shows both.
 */
class ArchitectureTest {
  private static final List<String> MODULES =
      Stream.of(
              "quota",
              "openai",
              "provider",
              "identity",
              "aws",
              "telemetry",
              "streaming",
              "gateway",
              "warmup",
              "reconciler",
              "admin",
              "cli",
              "local",
              "bench",
              "testkit")
          .map("dev.chatgate."::concat)
          .toList();

  private static JavaClasses production;

  /** Excludes classes that Micronaut generates; their names begin with a dollar sign. */
  @BeforeAll
  static void read() {
    production =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .withImportOption(location -> !location.contains("/$"))
            .importPackages("dev.chatgate");
    for (var module : MODULES) {
      assertTrue(
          production.stream().anyMatch(type -> type.getPackageName().startsWith(module)),
          module + " is not on the class path");
    }
  }

  @Test
  void packagesHaveNoCycle() {
    slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(production);
  }

  @Test
  void filesHaveNoCycle() {
    slices().assignedFrom(new Files()).should().beFreeOfCycles().check(production);
  }

  @Test
  void onlyTheEntriesUseTheWarmUp() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.chatgate.warmup..", "dev.chatgate.gateway.entry")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.chatgate.warmup..")
        .check(production);
  }

  @Test
  void theStreamingRuntimeUsesNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("dev.chatgate.streaming..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("dev.chatgate..")
                .and(JavaClass.Predicates.resideOutsideOfPackage("dev.chatgate.streaming..")))
        .check(production);
  }

  @Test
  void onlyTheWiringUsesTheOperations() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.chatgate.openai.operation.chat", "dev.chatgate.gateway.wiring")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.chatgate.openai.operation.chat")
        .check(production);
  }

  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  private static final class Files implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      var name = type.getName();
      int nested = name.indexOf('$');
      return SliceIdentifier.of(nested < 0 ? name : name.substring(0, nested));
    }

    @Override
    public String getDescription() {
      return "files";
    }
  }
}
