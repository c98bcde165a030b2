package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonParser;
import dev.chatgate.tenant.EndUserTier;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One tier of a tenant's end users as the Tenants table holds it: the members of {@link
 * StoredQuota}, and {@link #MODELS}.
 */
public final class StoredTier {
  /** The model names that the tier allows: a list of strings; absent means those of the tenant. */
  public static final String MODELS = "models";

  /** The members that this release knows. */
  public static final Set<String> MEMBERS =
      Stream.concat(StoredQuota.MEMBERS.stream(), Stream.of(MODELS))
          .collect(Collectors.toUnmodifiableSet());

  private final StoredQuota quota = new StoredQuota();
  private @Nullable List<String> models;

  private StoredTier() {}

  /**
   * Reads the tier at which the parser stands.
   *
   * @throws IllegalArgumentException if it is damaged
   */
  static EndUserTier read(String name, JsonParser json) throws IOException {
    var stored = new StoredTier();
    StoredJson.object(json, stored::member);
    return new EndUserTier(name, stored.quota.quota(), Optional.ofNullable(stored.models));
  }

  private void member(String name, JsonParser json) throws IOException {
    if (name.equals(MODELS)) {
      models = StoredJson.strings(json);
    } else {
      quota.member(name, json);
    }
  }
}
