package dev.chatgate.cli.info;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.deployment.DeploymentFacts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code chatgate info} shows.
 *
 * @param facts what is known of the deployment
 * @param providerUrl base URL of the provider, if known
 * @param providerKeyIsSet whether the provider key is set; absent if that is not known
 * @param tenants number of tenants
 * @param suspended how many of these are suspended
 * @param stores the names of the tables and secrets
 */
record DeploymentSummary(
    DeploymentFacts facts,
    Optional<String> providerUrl,
    Optional<Boolean> providerKeyIsSet,
    long tenants,
    long suspended,
    List<String> stores) {
  private static final String UNKNOWN = "unknown";

  DeploymentSummary {
    stores = List.copyOf(stores);
  }

  /** One line for each fact. */
  String text() {
    var lines = new LinkedHashMap<String, String>();
    lines.put("Deployment", facts.name());
    lines.put("Streaming door", facts.streamUrl().orElse(UNKNOWN));
    lines.put("API door", facts.apiUrl().orElse(UNKNOWN));
    facts.dashboardUrl().ifPresent(url -> lines.put("Dashboard", url));
    facts.playground().ifPresent(setting -> lines.put("Playground", setting));
    lines.put("Provider", providerUrl.orElse(UNKNOWN));
    lines.put("Provider key", providerKey());
    lines.put(
        "Tenants", tenants + (suspended == 0 ? "" : ", of which " + suspended + " suspended"));
    lines.put("Changes", "take effect within " + facts.cacheFor().toSeconds() + " s");
    lines.put("Tables, secrets", String.join("\n", stores));
    facts
        .keepsData()
        .ifPresent(kept ->
            lines.put(
                "On sam delete", "tables and secrets are " + (kept ? "kept" : "deleted too")));
    return text(lines);
  }

  private String providerKey() {
    return providerKeyIsSet
        .map(isSet -> isSet ? "set" : "not set; to set it: chatgate provider-key set")
        .orElse(UNKNOWN);
  }

  private static String text(Map<String, String> lines) {
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    var text = new StringBuilder();
    lines.forEach((name, values) -> {
      var title = name;
      for (var value : values.lines().toList()) {
        text.append(title)
            .append(" ".repeat(width - title.length() + 2))
            .append(TextTable.printable(value))
            .append('\n');
        title = "";
      }
    });
    return text.toString();
  }

  /** One JSON object; what is not known is null. */
  String json() {
    return JsonOutput.pretty(json -> {
      json.writeStartObject();
      json.writeStringField("deployment", facts.name());
      json.writeStringField("stream_base_url", facts.streamUrl().orElse(null));
      json.writeStringField("api_base_url", facts.apiUrl().orElse(null));
      json.writeStringField("dashboard_url", facts.dashboardUrl().orElse(null));
      json.writeStringField("playground", facts.playground().orElse(null));
      json.writeStringField("provider_base_url", providerUrl.orElse(null));
      write(json, "provider_key_is_set", providerKeyIsSet);
      json.writeNumberField("tenants", tenants);
      json.writeNumberField("suspended_tenants", suspended);
      json.writeNumberField("cache_seconds", facts.cacheFor().toSeconds());
      json.writeArrayFieldStart("tables_and_secrets");
      for (var store : stores) {
        json.writeString(store);
      }
      json.writeEndArray();
      write(json, "keeps_data", facts.keepsData());
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, String name, Optional<Boolean> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeBooleanField(name, value.get());
    } else {
      json.writeNullField(name);
    }
  }
}
