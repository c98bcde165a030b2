package dev.chatgate.warmup.fake;

import dev.chatgate.aws.tenant.IndexItem;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantIndex.Login;
import dev.chatgate.warmup.fake.FakeBackend.Reply;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The answers of the fake backend: a store with two tenants, one of which has used up its tokens of
 * the day, a secret, and a provider that always gives the same completion.
 */
public final class FakeResponses implements FakeBackend.Script {
  /** The key of a tenant that is below all its limits. */
  public static final String KEY = "warm-up-with-room";

  /** That tenant. */
  public static final String TENANT = "room";

  /** The key of a tenant whose day's tokens are used up. */
  public static final String SPENT_KEY = "warm-up-spent";

  /** The name of the secret with the provider's key. */
  public static final String PROVIDER_SECRET = "provider";

  /** The name of the secret with which client secrets are signed. */
  public static final String SIGNING_SECRET = "signing";

  /** A model that has a price. */
  public static final String MODEL = "warm-up/model";

  /** The path of the fake credentials endpoint. */
  static final String CREDENTIALS_PATH = "/credentials";

  private static final String JSON = "application/json";
  private static final String AWS_JSON = "application/x-amz-json-1.0";
  private static final int EVENTS = 24;
  private static final long SPENT_TOKENS = 1_000_000;
  private static final String USAGE =
      "{\"prompt_tokens\":31,\"completion_tokens\":24,\"total_tokens\":55,\"prompt_tokens_details\":{\"cached_tokens\":7}}";

  /** The member of the tenant's configuration with its login. */
  private static final String LOGIN =
      ",\"issuers\":[{\"issuer\":\"%s\",\"audiences\":[\"%s\"],\"jwks\":%s}]"
          .formatted(FakeLogin.ISSUER, FakeLogin.AUDIENCE, FakeLogin.KEY_SET);

  private final AtomicInteger secrets = new AtomicInteger();
  private final InstantSource clock;
  private final String hash = KeyHash.of(KEY).hex();
  private final String spentHash = KeyHash.of(SPENT_KEY).hex();

  /**
   * @param clock the current time, for the UTC day
   */
  public FakeResponses(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Reply to(String path, Map<String, String> headers, String body) {
    String target = headers.getOrDefault("x-amz-target", "");
    if (path.equals(CREDENTIALS_PATH)) {
      return new Reply(200, JSON, List.of(credentials()));
    }
    if (target.isEmpty()) {
      return provider(path, body);
    }
    return switch (target.substring(target.indexOf('.') + 1)) {
      case "GetItem" -> aws(200, found(body));
      case "Query" -> aws(200, query(body));
      case "Scan" -> aws(200, some());
      case "UpdateItem" -> update(body);
      case "GetSecretValue" -> aws(200, secret(body));
      default -> aws(200, "{}");
    };
  }

  /** New credentials each time, so that the derivation of the signing key is compiled too. */
  private String credentials() {
    return """
    {"AccessKeyId":"warm-up","SecretAccessKey":"warm-up-%d","Token":"warm-up","Expiration":"%s"}\
    """
        .formatted(secrets.incrementAndGet(), clock.instant().plus(Duration.ofHours(1)));
  }

  private static String secret(String request) {
    boolean signing = request.contains("\"SecretId\":\"" + SIGNING_SECRET + "\"");
    return """
    {"Name":"%s","VersionId":"1","SecretString":"%s","CreatedDate":1.7E9}\
    """
        .formatted(
            signing ? SIGNING_SECRET : PROVIDER_SECRET,
            signing
                ? "{\\\"seed\\\":\\\"%s\\\"}".formatted("warmup00".repeat(8))
                : "sk-warm-up-0123456789abcdef");
  }

  private static Reply aws(int status, String json) {
    return new Reply(status, AWS_JSON, List.of(json));
  }

  private String found(String request) {
    boolean unknownKey =
        request.contains("\"key#") && !request.contains(spentHash) && !request.contains(hash);
    return unknownKey ? "{}" : "{\"Item\":" + item(request) + "}";
  }

  private String item(String request) {
    if (request.contains("{\"S\":\"index\"}")) {
      return index();
    }
    if (request.contains("\"key#")) {
      return request.contains(spentHash) ? key(spentHash, "spent") : key(hash, "room");
    }
    return request.contains("\"tenant#") ? tenant(request.contains("#spent")) : quotaItem(0);
  }

  private static String key(String hash, String tenant) {
    return """
    {"pk":{"S":"key#%s"},"sk":{"S":"key"},"tenant":{"S":"%s"},"name":{"S":"first"},"code":{"N":"0"}}\
    """
        .formatted(hash, tenant);
  }

  /** Keys may have any form here: those of the warm-up are not generated ones. */
  private static String index() {
    var login = new Login(FakeLogin.ISSUER, FakeLogin.AUDIENCE);
    return """
    {"pk":{"S":"index"},"sk":{"S":"index"},"any_key_form":{"BOOL":true},\
    "%s":{"M":{"issuer":{"S":"%s"},"audience":{"S":"%s"},"tenant":{"S":"%s"}}}}\
    """
        .formatted(IndexItem.attributeOf(login), login.issuer(), login.audience(), TENANT);
  }

  private String tenant(boolean spent) {
    return """
    {"pk":{"S":"tenant#%s"},"sk":{"S":"config"},"version":{"N":"1"},"next_code":{"N":"1"},\
    "keys":{"M":{"first":{"M":{"hash":{"S":"%s"},"code":{"N":"0"}}}}},"config":{"S":"%s"}}\
    """
        .formatted(
            spent ? "spent" : TENANT,
            spent ? spentHash : hash,
            config(spent).replace("\"", "\\\""));
  }

  /** Some items of the Tenants table. */
  private String some() {
    return "{\"Items\":[%s,%s,%s,%s]}"
        .formatted(key(hash, "room"), tenant(false), key(spentHash, "spent"), tenant(true));
  }

  private static String config(boolean spent) {
    return spent
        ? "{\"id\":\"spent\",\"status\":\"active\",\"quota\":{\"tokens_per_day\":"
            + SPENT_TOKENS
            + "}}"
        : """
        {"id":"room","status":"active","quota":{"requests_per_minute":6000000,\
        "tokens_per_minute":6000000000,"tokens_per_day":600000000000,\
        "tokens_per_month":6000000000000,"cost_per_month_usd":1000000,\
        "max_concurrent_requests":100},"models":["warm-up/model","fast"],\
        "model_aliases":{"fast":"warm-up/model"}%s}\
        """
            .formatted(LOGIN);
  }

  private String quotaItem(long tokensToday) {
    var day = (int) LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
    return """
    {"pk":{"S":"warm-up#0"},"n":{"N":"1"},"th":{"N":"20000000000"},"tv":{"N":"0"},\
    "dy":{"N":"%d"},"%s":{"N":"%d"},"warm-up-0000":{"B":"%s"}}\
    """
        .formatted(day, ItemNames.dayTokens(day), tokensToday, inFlight(day));
  }

  /**
   * Attributes for a call in flight, because a real quota item contains at least the caller's own.
   */
  private String inFlight(int day) {
    var entry = new ReservationEntry(0, 1, 0, 0, clock.instant().getEpochSecond(), 900, day, 0, 0);
    return Base64.getEncoder().encodeToString(entry.pack());
  }

  private Reply update(String request) {
    return request.contains("\"spent#0\"")
        ? aws(
            400,
            """
            {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",\
            "message":"The conditional request failed","Item":%s}\
            """
                .formatted(quotaItem(SPENT_TOKENS)))
        : aws(200, "{\"Attributes\":" + quotaItem(0) + "}");
  }

  private static String query(String request) {
    return request.contains(":prices")
        ? """
        {"Count":1,"ScannedCount":1,"Items":[{"pk":{"S":"prices"},"sk":{"S":"2026-01-01#warm-up/model"},\
        "model":{"S":"warm-up/model"},"from":{"S":"2026-01-01"},"tiers":{"L":[{"M":{"above":{"N":"0"},\
        "prompt":{"N":"1000000"},"cached":{"N":"500000"},"completion":{"N":"2000000"}}}]}}]}\
        """
        : "{\"Count\":0,\"ScannedCount\":0,\"Items\":[]}";
  }

  private Reply provider(String path, String body) {
    if (path.endsWith("/models")) {
      return new Reply(
          200,
          JSON,
          List.of(
              "{\"object\":\"list\",\"data\":[{\"id\":\"warm-up/model\",\"object\":\"model\"}]}"));
    }
    return body.contains("\"stream\":true")
        ? new Reply(200, "text/event-stream", stream())
        : new Reply(200, JSON, List.of(plain()));
  }

  private static String plain() {
    return """
    {"id":"chatcmpl-warm-up","object":"chat.completion","created":1760000000,"model":"warm-up/model",\
    "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":%s}\
    """
        .formatted("one word after another ".repeat(EVENTS), USAGE);
  }

  private static List<String> stream() {
    var noUsage = ",\"usage\":null";
    var events = new ArrayList<String>();
    for (int i = 0; i < EVENTS; i++) {
      events.add(
          event(
              "[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]", noUsage));
    }
    events.add(event("[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", noUsage));
    events.add(event("[]", ",\"usage\":" + USAGE) + "data: [DONE]\n\n");
    return events;
  }

  private static String event(String choices, String usage) {
    return """
    data: {"id":"chatcmpl-warm-up","object":"chat.completion.chunk","created":1,"model":\
    "warm-up/model","choices":%s%s}

    """
        .formatted(choices, usage);
  }
}
