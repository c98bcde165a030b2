package dev.chatgate.gateway.account;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.report.UsageReader.Usage;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Answers {@code GET /v1/usage}: the tenant's usage, and the state of each of its limits. A caller
 * that may not see them gets the limits of its end user's tier, if there is one, and no usage.
 */
public final class UsageEndpoint {
  private static final JsonFactory JSON = new JsonFactory();

  private final UsageReader reader;
  private final InstantSource clock;

  /**
   * @param reader reads the counters
   * @param clock the current time, which determines the UTC day
   */
  public UsageEndpoint(UsageReader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
  }

  /**
   * Answers the request.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public void show(Exchange exchange, Caller who) {
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    switch (UsageQuery.read(exchange.request().query(), today)) {
      case UsageQuery.Invalid(var error) -> exchange.refuse(error);
      case UsageQuery.Valid(var from, var to, var groupBy) ->
          exchange.json(
              200,
              who.seesTenantTotals()
                  ? body(read(who.tenant(), from, to, groupBy), groupBy)
                  : body(Map.of(), name(groupBy), limitsOfEndUser(who)));
    }
  }

  private List<LimitState> limitsOfEndUser(Caller who) {
    return who.tier().isEmpty()
        ? List.of()
        : who.endUser()
            .map(person -> reader.readEndUser(who.tenant(), person, who.credentialTier()).limits())
            .orElse(List.of());
  }

  private Usage<String> read(
      Tenant tenant, LocalDate from, LocalDate to, UsageQuery.GroupBy groupBy) {
    return reader.read(
        tenant,
        from,
        to,
        key ->
            switch (groupBy) {
              case DAY -> key.day().toString();
              case MODEL -> key.model();
            });
  }

  private static String body(Usage<String> usage, UsageQuery.GroupBy groupBy) {
    return body(usage.tallies(), name(groupBy), usage.limits());
  }

  private static String body(
      Map<String, UsageTotals> tallies, String groupedBy, List<LimitState> limits) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      writeAll(json, groupedBy, tallies);
      json.writeEndArray();
      json.writeArrayFieldStart("limits");
      for (var limit : limits) {
        write(json, limit);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string", e);
    }
    return text.toString();
  }

  private static String name(UsageQuery.GroupBy groupBy) {
    return switch (groupBy) {
      case DAY -> "day";
      case MODEL -> "model";
    };
  }

  private static void writeAll(JsonGenerator json, String name, Map<String, UsageTotals> tallies)
      throws IOException {
    for (var group : tallies.entrySet()) {
      var tally = group.getValue();
      json.writeStartObject();
      json.writeStringField(name, group.getKey());
      json.writeNumberField("requests", tally.calls());
      json.writeNumberField("prompt_tokens", tally.prompt());
      json.writeNumberField("cached_tokens", tally.cached());
      json.writeNumberField("completion_tokens", tally.completion());
      json.writeNumberField("total_tokens", tally.tokens());
      json.writeNumberField("cost_micro_usd", tally.microUsd());
      json.writeNumberField("estimated_requests", tally.estimated());
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, LimitState limit) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", limit.limit().key());
    json.writeNumberField("limit", limit.allowed());
    json.writeNumberField("settled", limit.settled());
    json.writeNumberField("in_flight", limit.inFlight());
    json.writeNumberField("remaining", limit.remaining());
    if (limit.resetsAt().isPresent()) {
      json.writeStringField("resets_at", roundedUp(limit.resetsAt().get()).toString());
    } else {
      json.writeNullField("resets_at");
    }
    json.writeEndObject();
  }

  /** Rounds up to milliseconds, so that the limit has been reset at the returned time. */
  private static Instant roundedUp(Instant instant) {
    var cut = instant.truncatedTo(ChronoUnit.MILLIS);
    return cut.equals(instant) ? cut : cut.plusMillis(1);
  }
}
