package dev.chatgate.gateway.account;

import static dev.chatgate.openai.validation.JsonType.ARRAY;
import static dev.chatgate.openai.validation.JsonType.INTEGER;
import static dev.chatgate.openai.validation.JsonType.NULL;
import static dev.chatgate.openai.validation.JsonType.OBJECT;
import static dev.chatgate.openai.validation.JsonType.STRING;
import static dev.chatgate.openai.validation.Rule.optional;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.Reserve;
import dev.chatgate.openai.validation.BodyValidator;
import dev.chatgate.openai.validation.FieldReceiver;
import dev.chatgate.openai.validation.Rule;
import dev.chatgate.openai.validation.RuleNode;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.tenant.Narrowing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The parsed body of {@code POST /v1/client_secrets}. It has not been compared with what the tenant
 * may do.
 *
 * @param lifetime 10 s to 2 hours, whole seconds
 * @param endUser the person who gets the client secret
 * @param tier the name of that person's tier
 * @param narrowing what the client secret takes away
 */
record ClientSecretRequest(
    Duration lifetime, Optional<EndUser> endUser, Optional<String> tier, Narrowing narrowing) {
  /** Maximum lifetime in seconds. */
  static final int MAX_SECONDS = 7200;

  private static final int MIN_SECONDS = 10;
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(10);
  private static final int MAX_MODELS = 50;
  private static final int MAX_ORIGINS = 20;
  private static final int MAX_ORIGIN_BYTES = 256;

  /**
   * Presence, type and range of each place. Another member is refused, because a restriction that
   * is ignored would not restrict. Null stands for an optional member that is absent.
   */
  static final List<Rule> RULES =
      List.of(
          optional("expires_after", OBJECT, NULL),
          optional("expires_after.anchor", STRING, NULL).oneOf("created_at"),
          optional("expires_after.seconds", INTEGER, NULL).from(MIN_SECONDS, MAX_SECONDS),
          optional("user", STRING, NULL).notBlank().maxBytes(EndUser.MAX_LENGTH),
          optional("tier", STRING, NULL).notBlank().maxBytes(EndUserTier.MAX_NAME_LENGTH),
          optional("models", ARRAY, NULL).items(1, MAX_MODELS),
          optional("models[]", STRING).notBlank().maxBytes(ModelName.MAX_BYTES),
          optional("max_tokens_per_request", INTEGER, NULL).from(1, Reserve.MAX_TOKENS),
          optional("allowed_origins", ARRAY, NULL).items(1, MAX_ORIGINS),
          optional("allowed_origins[]", STRING).notBlank().maxBytes(MAX_ORIGIN_BYTES));

  private static final RuleNode TREE = RuleNode.closed(RULES);
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

  /** The result of parsing a body. */
  sealed interface Parsed {
    /** The body keeps every rule. */
    record Valid(ClientSecretRequest request) implements Parsed {}

    /**
     * The body breaks a rule.
     *
     * @param error a 400 that says that the body is not JSON, or names the first field at fault
     */
    record Invalid(ApiError error) implements Parsed {}
  }

  /**
   * Reads a body.
   *
   * @param body without any byte it is the same as an object without members
   */
  static Parsed parse(byte[] body) {
    var fields = new Fields();
    var error = BodyValidator.validate(body.length == 0 ? NOTHING : body, TREE, fields);
    return error.<Parsed>map(Parsed.Invalid::new).orElseGet(fields::parsed);
  }

  /** Collects the fields while a body is validated. */
  private static final class Fields implements FieldReceiver {
    private final List<String> models = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private Duration lifetime = DEFAULT_LIFETIME;
    private Optional<String> user = Optional.empty();
    private Optional<String> tier = Optional.empty();
    private OptionalLong maxTokens = OptionalLong.empty();

    @Override
    public void text(String path, String value, Span at) {
      switch (path) {
        case "user" -> user = Optional.of(value);
        case "tier" -> tier = Optional.of(value);
        case "models[]" -> models.add(value);
        case "allowed_origins[]" -> origins.add(value);
        default -> {}
      }
    }

    @Override
    public void number(String path, long value) {
      switch (path) {
        case "expires_after.seconds" -> lifetime = Duration.ofSeconds(value);
        case "max_tokens_per_request" -> maxTokens = OptionalLong.of(value);
        default -> {}
      }
    }

    Parsed parsed() {
      var endUser = user.flatMap(EndUser::of);
      if (user.isPresent() && endUser.isEmpty()) {
        return new Parsed.Invalid(
            ApiError.about(
                ErrorCode.INVALID_VALUE,
                "user",
                "Invalid 'user': Expected 1 to %d visible ASCII characters."
                    .formatted(EndUser.MAX_LENGTH)));
      }
      var narrowing = new Narrowing(unlessEmpty(models), maxTokens, unlessEmpty(origins));
      return new Parsed.Valid(new ClientSecretRequest(lifetime, endUser, tier, narrowing));
    }

    /** A list that was given is not empty. */
    private static Optional<List<String>> unlessEmpty(List<String> list) {
      return list.isEmpty() ? Optional.empty() : Optional.of(list);
    }
  }
}
