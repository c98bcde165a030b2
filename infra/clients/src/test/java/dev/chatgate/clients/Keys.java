package dev.chatgate.clients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tenants of the matrix and the keys that a library's runner is given. */
final class Keys {
  /** A tenant with a monthly limit that one call uses up. Each library has a separate key to it. */
  private static final String SPENT = "spent";

  private Keys() {}

  /** The runner's environment variables with keys. */
  static Map<String, String> environment(Library library) {
    var keys = new LinkedHashMap<String, String>();
    keys.put("CHATGATE_KEY", key("fine", library));
    keys.put("CHATGATE_KEY_COUNTED", key("counted", library));
    keys.put("CHATGATE_KEY_LIMITED", key("limited", library));
    keys.put("CHATGATE_KEY_PACED", key("paced", library));
    keys.put("CHATGATE_KEY_SPENT", key(SPENT, library));
    keys.put("CHATGATE_KEY_SUSPENDED", key("suspended", library));
    keys.put("CHATGATE_KEY_NARROW", key("narrow", library));
    keys.put("CHATGATE_KEY_UNKNOWN", "cg_unknown_" + library.id());
    return keys;
  }

  /** A key of one of the tenants. */
  static String key(String tenant, Library library) {
    return "cg_" + tenant + "_" + library.id();
  }

  /** All tenants, in the local stack's format. */
  static String tenants(List<Library> libraries) {
    return libraries.stream()
        .map(Keys::tenants)
        .collect(Collectors.joining(",\n", "[\n", "," + spent(libraries) + "\n]\n"));
  }

  private static String tenants(Library library) {
    return String.join(
        ",\n",
        tenant("fine", library, ""),
        tenant("counted", library, ""),
        tenant("limited", library, ",\"quota\":{\"requests_per_minute\":1}"),
        tenant("paced", library, ",\"quota\":{\"tokens_per_minute\":6000}"),
        tenant("suspended", library, ",\"status\":\"suspended\""),
        tenant("narrow", library, ",\"models\":[\"case/other\"]"));
  }

  private static String tenant(String name, Library library, String more) {
    return "{\"id\":\"%s-%s\",\"keys\":[{\"name\":\"k\",\"secret\":\"%s\"}]%s}"
        .formatted(name, library.id(), key(name, library), more);
  }

  /** A monthly limit, because a daily one would be reset if midnight passes during the test. */
  private static String spent(List<Library> libraries) {
    return libraries.stream()
        .map(library ->
            "{\"name\":\"%s\",\"secret\":\"%s\"}".formatted(library.id(), key(SPENT, library)))
        .collect(
            Collectors.joining(
                ",", "{\"id\":\"spent\",\"quota\":{\"tokens_per_month\":6000},\"keys\":[", "]}"));
  }
}
