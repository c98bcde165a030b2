package dev.chatgate.local;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.local.upstream.BuiltInUpstream;

/** What is printed when the system is ready: where it is, and lines to paste. */
final class Banner {
  private static final String REHEARSAL =
      """

      To rehearse       models %s; key %s, with small limits\
      """
          .formatted(
              String.join(" ", BuiltInUpstream.MODELS.subList(2, BuiltInUpstream.MODELS.size())),
              DemoData.LIMITED_KEY);

  private Banner() {}

  static String of(LocalStack stack, LocalSettings settings) {
    boolean demo = settings.tenants().isEmpty();
    String key = demo ? DemoData.TENANT_KEY : "$CHATGATE_KEY";
    String model =
        settings.upstreamBaseUrl().isEmpty()
            ? BuiltInUpstream.MODELS.getFirst()
            : "$CHATGATE_MODEL";
    Tables tables = stack.tables();
    return """
    %14$s
    Streaming door    %1$s/openai/v1   (function URL)
    API door          %2$s/openai/v1   (API Gateway: whole answers, within 25 s)
    Key               %3$s
    Provider          %4$s%13$s
    AWS_ENDPOINT_URL  %5$s
    Tables            %6$s %7$s %8$s
    Secrets           %9$s %12$s

    A chat call, plain:
    curl -s %1$s/openai/v1/chat/completions -H "Authorization: Bearer %10$s" -H "Content-Type: application/json" -d "%11$s}"

    The same, streamed:
    curl -sN %1$s/openai/v1/chat/completions -H "Authorization: Bearer %10$s" -H "Content-Type: application/json" -d "%11$s,\\"stream\\":true}"

    The models:
    curl -s %1$s/openai/v1/models -H "Authorization: Bearer %10$s"

    Ctrl-C ends everything.
    READY
    """
        .formatted(
            stack.streamUrl(),
            stack.apiUrl(),
            demo ? key : "CHATGATE_KEY, to be set to one from your file of tenants",
            stack.upstreamUrl(),
            stack.awsUrl(),
            tables.tenants(),
            tables.quota(),
            tables.usage(),
            stack.secretName(),
            key,
            body(model),
            stack.signingSecretName(),
            demo && settings.upstreamBaseUrl().isEmpty() ? REHEARSAL : "",
            hasPlayground(settings) ? "\nA page to try it  " + stack.streamUrl() + "/\n" : "");
  }

  private static boolean hasPlayground(LocalSettings settings) {
    return "on".equals(settings.forFunctions().get("CHATGATE_PLAYGROUND"));
  }

  private static String body(String model) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":100"
        .formatted(model)
        .replace("\"", "\\\"");
  }
}
