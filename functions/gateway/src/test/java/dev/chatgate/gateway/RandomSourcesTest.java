package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.RequestId;
import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.streaming.StreamingHandler;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No class of Chatgate may use a random source with its own state, because all copies of a snapshot
 * would share the state. The application's {@code SecureRandom} is the only source.
 */
class RandomSourcesTest {
  private static final Set<String> SEEDED =
      Set.of(
          "java/util/Random",
          "java/util/SplittableRandom",
          "java/util/concurrent/ThreadLocalRandom",
          "java/util/random/RandomGeneratorFactory");

  /** Methods that use or return a random source that is not passed to them. */
  private static final Set<String> DRAWING =
      Set.of(
          "java/lang/Math.random",
          "java/lang/StrictMath.random",
          "java/util/UUID.randomUUID",
          "java/util/random/RandomGenerator.getDefault",
          "java/util/random/RandomGenerator.of",
          "java/util/Collections.shuffle(Ljava/util/List;)V");

  private static final List<Class<?>> ONE_OF_EACH_MODULE =
      List.of(
          RequestId.class,
          ProviderClient.class,
          AwsClients.class,
          StreamingHandler.class,
          ClientSecretCodec.class,
          RequestPipeline.class);

  @Test
  void noClassHasASeedOfItsOwn() throws Exception {
    var found = new ArrayList<String>();
    int classes = 0;
    for (var type : ONE_OF_EACH_MODULE) {
      var module = module(type);
      classes += module.size();
      module.forEach((name, bytes) -> found.addAll(sources(name, bytes)));
    }
    assertEquals(List.of(), found);
    assertTrue(classes > 200, "only " + classes + " classes were looked at");
  }

  /** Tests the check: it reports three uses in a class with three. */
  @Test
  void aClassWithASeedOfItsOwnIsFound() throws Exception {
    try (var bytes =
        RandomSourcesTest.class.getResourceAsStream("RandomSourcesTest$Careless.class")) {
      assertEquals(
          Set.of(
              "Careless: java/util/SplittableRandom",
              "Careless: java/util/concurrent/ThreadLocalRandom",
              "Careless: java/util/UUID.randomUUID"),
          Set.copyOf(sources("Careless", bytes.readAllBytes())));
    }
  }

  private static List<String> sources(String name, byte[] bytes) {
    var found = new ArrayList<String>();
    for (var entry : ClassFile.of().parse(bytes).constantPool()) {
      if (isSource(entry)) {
        found.add(name + ": " + text(entry));
      }
    }
    return found;
  }

  private static boolean isSource(PoolEntry entry) {
    return switch (entry) {
      case ClassEntry type -> SEEDED.contains(type.asInternalName());
      case MemberRefEntry member ->
          DRAWING.contains(text(member)) || DRAWING.contains(text(member) + type(member));
      default -> false;
    };
  }

  private static String text(PoolEntry entry) {
    return switch (entry) {
      case ClassEntry type -> type.asInternalName();
      case MemberRefEntry member ->
          member.owner().asInternalName() + "." + member.name().stringValue();
      default -> entry.toString();
    };
  }

  private static String type(MemberRefEntry member) {
    return member.type().stringValue();
  }

  /** A module's classes by name, from its folder or jar. */
  private static Map<String, byte[]> module(Class<?> type) throws IOException, URISyntaxException {
    var place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return classes(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return classes(jar.getPath("/"));
    }
  }

  private static Map<String, byte[]> classes(Path root) throws IOException {
    var classes = new TreeMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(root)) {
      for (var file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".class")) {
          classes.put(root.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return classes;
  }

  /** A class with forbidden uses, for {@link #aClassWithASeedOfItsOwnIsFound}. */
  static final class Careless {
    private Careless() {}

    static long draw() {
      return new SplittableRandom(1).nextLong()
          ^ ThreadLocalRandom.current().nextLong()
          ^ UUID.randomUUID().getMostSignificantBits();
    }
  }
}
