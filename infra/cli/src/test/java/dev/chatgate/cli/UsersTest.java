package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tiers of a tenant, and the commands for its end users. */
class UsersTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-20T10:00:00Z"));
  private static final EndUser ANN = new EndUser("ann@example.com");

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  private final String id = "acme-" + NAMES.incrementAndGet();
  private final Traffic traffic = new Traffic(aws.client(), CLOCK);

  @BeforeAll
  static void start() {
    aws = new FakeAws(CLOCK);
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  private static CommandRunner operator() {
    return new CommandRunner().with("CHATGATE_AWS_PORT", aws.port()).at(CLOCK).pausing(CLOCK);
  }

  private static Result run(CommandRunner operator, String... line) {
    return operator.run(
        Stream.concat(Stream.of("--local"), Stream.of(line)).toArray(String[]::new));
  }

  private static Result run(String... line) {
    return run(operator(), line);
  }

  private static Result done(String... line) {
    var result = run(line);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private Result user(String command, String... more) {
    return run(
        Stream.concat(Stream.of("user", command, id, ANN.id()), Stream.of(more))
            .toArray(String[]::new));
  }

  private Tenant tenant() {
    return new TenantEditor(aws.client(), Tables.LOCAL, new Random(1), Pause.SLEEP)
        .find(new TenantId(id))
        .orElseThrow();
  }

  private void createWithTiers() {
    done("tenant", "create", id, "--tokens-per-month", "90000");
    done("tenant", "tier", "set", id, "default", "--tokens-per-day", "1000");
    done("tenant", "tier", "set", id, "pro", "--tokens-per-day", "50000");
  }

  private QuotaItem item() {
    return new DynamoQuotaTable(aws.client(), Tables.LOCAL, Duration.ofSeconds(30))
        .read(QuotaKey.of(new TenantId(id), ANN));
  }

  private List<UsageRecord> records() {
    var all = new ArrayList<UsageRecord>();
    new DynamoUsageRecords(
            aws.client(), Tables.LOCAL, Duration.ofSeconds(30), DynamoUsageRecords.KEPT_FOR)
        .forEach(new TenantId(id), Instant.EPOCH, Instant.parse("2030-01-01T00:00:00Z"), all::add);
    return all;
  }

  private long named() {
    return records().stream()
        .filter(record ->
            record.endUser().isPresent()
                || record.call().flatMap(UsageRecord.Call::endUser).isPresent())
        .count();
  }

  private void callOfAnn(int tokens) {
    traffic.callFor(ANN.id(), tenant(), "m", Optional.empty(), new TokenCounts(tokens, 0, 0));
  }

  // ---- tiers and warnings

  @Test
  void tiersAreSetChangedAndRemoved() {
    done("tenant", "create", id, "--warn-at", "95, 80", "--models", "a,b");
    assertEquals(List.of(80, 95), tenant().quota().warnAt());
    assertEquals(
        new Result(
            2,
            "",
            "Tenant %1$s has no tiers yet. Its first tier must be default: chatgate tenant tier set %1$s default --tokens-per-day N\n"
                .formatted(id)),
        run("tenant", "tier", "set", id, "pro"));
    done("tenant", "tier", "set", id, "default", "--tokens-per-day", "10", "--models", "a");
    done("tenant", "tier", "set", id, "pro", "--cost-per-month-usd", "2.5", "--warn-at", "50");
    done("tenant", "tier", "set", id, "default", "--max-concurrent-requests", "1");
    done("tenant", "set", id, "--tokens-per-day", "99", "--warn-at", "none");
    assertEquals(
        Map.of(
            "default",
            new EndUserTier(
                "default",
                Quota.UNLIMITED.with(Limits.TOKENS_PER_DAY, 10).with(Limits.CONCURRENT_REQUESTS, 1),
                Optional.of(List.of("a"))),
            "pro",
            new EndUserTier(
                "pro",
                Quota.UNLIMITED.with(Limits.COST_PER_MONTH, 2_500_000).withWarnAt(List.of(50)))),
        tenant().endUserTiers());
    assertEquals(List.of(), tenant().quota().warnAt());
    assertEquals(
        List.of(
            "TIER     MODELS         WARNINGS AT  LIMITS OF EACH END USER",
            "default  a              none         10 tokens/day, 1 concurrent requests",
            "pro      as the tenant  50 %         $2.50/month"),
        done("tenant", "tier", "list", id).lines());
    assertEquals(
        "{\"default\":{\"tokens_per_day\":10,\"max_concurrent_requests\":1,\"models\":[\"a\"]},"
            + "\"pro\":{\"cost_per_month_usd\":2.5,\"warn_at\":[50]}}",
        done("tenant", "tier", "list", id, "--json").out().replaceAll("\\s", ""));

    var onlyLast = run("tenant", "tier", "remove", id, "default", "--yes");
    assertEquals(2, onlyLast.exitCode());
    assertTrue(onlyLast.err().contains("has other tiers: pro."), onlyLast.err());
    assertEquals(1, run("tenant", "tier", "remove", id, "gold", "--yes").exitCode());
    assertEquals(2, run("tenant", "tier", "remove", id, "pro").exitCode(), "no terminal");
    assertEquals(2, tenant().endUserTiers().size());
    done("tenant", "tier", "remove", id, "pro", "--yes");
    done("tenant", "tier", "remove", id, "default", "--yes");
    assertEquals(Map.of(), tenant().endUserTiers());
  }

  @Test
  void whatShowPrintsAsJsonIsAcceptedAgain() {
    createWithTiers();
    done("tenant", "set", id, "--warn-at", "80");
    var before = tenant();
    var json = done("tenant", "show", id, "--json").out();
    done("tenant", "set", id, "--warn-at", "none");
    done("tenant", "tier", "remove", id, "pro", "--yes");
    var again = run(operator().piping(json), "tenant", "set", id, "--json", "-");
    assertEquals(0, again.exitCode(), again.err());
    assertEquals(before, tenant());
  }

  @Test
  void wrongTiersAndPercentsAreRefused() {
    createWithTiers();
    for (var percents : List.of("0", "101", "80,80", "", "80,", "a", "1,2,3,4,5,6,7,8,9,10,11")) {
      var refused = run("tenant", "set", id, "--warn-at", percents);
      assertEquals(2, refused.exitCode(), percents);
      assertTrue(refused.err().contains("(expected up to 10 different whole numbers"), percents);
    }
    assertEquals(
        new Result(2, "", "The name of a tier must be 1 to 64 visible ASCII characters.\n"),
        run("tenant", "tier", "set", id, "pr\u00f6", "--tokens-per-day", "1"));
    assertEquals(2, run("tenant", "tier", "set", id, "pro").exitCode(), "no change given");
    assertEquals(2, run("tenant", "tier", "set", id, "x", "--models", "m".repeat(257)).exitCode());
    assertEquals(1, run("tenant", "tier", "set", "unknown", "default").exitCode());
    assertEquals(1, run("tenant", "tier", "list", "unknown").exitCode());
    assertEquals(2, tenant().endUserTiers().size());
  }

  @Test
  void anIssuersTierClaimIsStoredAndShown() {
    done("tenant", "create", id, "--tokens-per-day", "5");
    var added =
        done(
            "issuer",
            "add",
            id,
            "https://" + id + ".example",
            "--audience",
            "a",
            "--tier-claim",
            "/app_metadata/plan");
    assertTrue(
        added.err().contains("has no tiers, so --tier-claim has no effect yet"), added.err());
    assertEquals(Optional.of("/app_metadata/plan"), tenant().issuers().getFirst().tierClaim());
    var listed = done("issuer", "list", id);
    assertTrue(listed.out().contains("/app_metadata/plan"), listed.out());
    assertEquals(
        2,
        run("issuer", "add", id, "https://b.example", "--audience", "a", "--tier-claim", "/~")
            .exitCode());
  }

  // ---- show, tier, block

  @Test
  void showSaysWhichTierIsInForceAndWhy() {
    createWithTiers();
    var tomorrow = LocalDate.ofInstant(CLOCK.instant(), ZoneOffset.UTC).plusDays(1);
    callOfAnn(150);
    traffic.dieFor(ANN.id(), tenant(), "m", 40);
    assertEquals(
        List.of(
            "end user   ann@example.com",
            "tenant     " + id,
            "tier       default (no other tier is set; a credential may name one)",
            "blocked    no",
            "models     as the tenant",
            "each call  no limit",
            "",
            "LIMIT           ALLOWED  SETTLED  IN FLIGHT  LEFT  ALL LEFT AGAIN AT",
            "tokens_per_day    1,000      150         40   810  " + tomorrow + "T00:00:00Z"),
        user("show").lines());
    assertTrue(user("show", "--credential-tier", "pro").out().contains("pro (named by the cred"));
    assertTrue(
        user("show", "--credential-tier", "gold")
            .out()
            .contains("default (the tenant has no tier gold, which was named)"));
    assertEquals(0, user("tier", "pro").exitCode());
    assertEquals(
        List.of(
            "tenant,user,tier,tier_source,blocked_at,limit_name,resets_at,limit,settled,in_flight,"
                + "remaining",
            id
                + ",ann@example.com,pro,operator,,tokens_per_day,"
                + tomorrow
                + "T00:00:00Z,50000,150,40,49810"),
        user("show", "--csv", "--credential-tier", "default").lines());
    user("block");
    assertEquals(
        ("{'tenant':'%s','user':'ann@example.com','tier':'pro','tier_source':'operator',"
                + "'operator_tier':'pro','blocked':true,'blocked_at':'%s',"
                + "'models':null,'limits':[{'name':'tokens_per_day','limit':50000,'settled':150,"
                + "'in_flight':40,'remaining':49810,'resets_at':'%sT00:00:00Z'}]}")
            .formatted(id, CLOCK.instant(), tomorrow)
            .replace('\'', '"'),
        user("show", "--json").out().replaceAll("\\s", ""));
    assertEquals(2, user("show", "--json", "--csv").exitCode());
    assertEquals(0, user("tier", "--remove").exitCode());
    assertFalse(item().has(ItemNames.OPERATOR_TIER));
  }

  @Test
  void theTierMustBeOneOfTheTenants() {
    createWithTiers();
    assertEquals(
        new Result(2, "", "Tenant " + id + " has no tier gold. It has: default, pro.\n"),
        user("tier", "gold"));
    assertEquals(2, user("tier").exitCode());
    assertEquals(2, user("tier", "pro", "--remove").exitCode());
    assertEquals(0, user("tier", "--remove").exitCode());
    assertEquals(QuotaItem.EMPTY, item(), "nothing was to be removed");
    assertEquals(2, run("user", "tier", id, "an n", "pro").exitCode());
    assertEquals(1, run("user", "tier", "unknown", "ann", "pro").exitCode());
  }

  @Test
  void withoutTiersNothingIsWrittenOfAnEndUser() {
    done("tenant", "create", id);
    for (var line : List.of(List.of("block"), List.of("unblock"), List.of("tier", "pro"))) {
      var refused = user(line.getFirst(), line.subList(1, line.size()).toArray(String[]::new));
      assertEquals(2, refused.exitCode());
      assertTrue(
          refused.err().startsWith("Tenant " + id + " has no tiers, so admissions do not look at"),
          refused.err());
    }
    assertEquals(QuotaItem.EMPTY, item());
    assertTrue(user("show").out().contains("none: the tenant has no tiers"));
    assertEquals(1, user("show", "--csv").lines().size());
  }

  @Test
  void aBlockHoldsFromTheNextAdmissionOnUntilItIsTakenAway() {
    createWithTiers();
    callOfAnn(10);
    var blocked = user("block");
    assertEquals(
        "Blocked end user ann@example.com of tenant "
            + id
            + ". New calls are rejected from now on.\n",
        blocked.out());
    assertTrue(traffic.isBlocked(ANN.id(), tenant()));
    assertFalse(item().has(ItemNames.EXPIRES_AT), "a block never expires");
    assertEquals(0, user("unblock").exitCode());
    CLOCK.advance(Duration.ofSeconds(10));
    assertFalse(traffic.isBlocked(ANN.id(), tenant()));
    assertTrue(item().has(ItemNames.EXPIRES_AT));
    var again = user("unblock");
    assertTrue(again.out().startsWith("No block is set for"), again.out());
  }

  // ---- forget

  @Test
  void whoIsForgottenHasNoCountersAndIsInNoRecord() {
    createWithTiers();
    callOfAnn(100);
    traffic.callFor("bob", tenant(), "m", Optional.empty(), new TokenCounts(7, 0, 0));
    traffic.dieFor(ANN.id(), tenant(), "m", 40);
    CLOCK.advance(Duration.ofDays(1));
    done("reconcile");
    callOfAnn(50);
    var wrong = records().getFirst().call().orElseThrow().requestId();
    done(
        "usage",
        "correct",
        wrong,
        "--tenant",
        id,
        "--prompt-tokens",
        "90",
        "--completion-tokens",
        "0",
        "--reason",
        "r",
        "--yes");
    assertEquals(0, user("block").exitCode());
    CLOCK.advance(Duration.ofHours(1));
    var before = records();
    assertEquals(5, named());

    var declined = run(operator().typing("n"), "user", "forget", id, ANN.id());
    assertEquals(1, declined.exitCode());
    assertTrue(
        declined
            .err()
            .startsWith(
                "This reads about 4 records of tenant "
                    + id
                    + ", for about $0.00, and changes those of the end user, for at most $1.25 per"
                    + " million.\nForget end user ann@example.com of tenant "),
        declined.err());
    assertEquals(2, user("forget").exitCode(), "no terminal");
    assertEquals(5, named());

    var forgotten = user("forget", "--yes");
    assertEquals(
        List.of(
            "Removed the counters of end user ann@example.com of tenant " + id + ".",
            "Removed the end user from 4 records."),
        forgotten.lines());
    assertEquals(1, named(), "bob");
    assertEquals(before.size(), records().size(), "records stay");
    assertEquals(
        before.stream().map(UsageRecord::charged).toList(),
        records().stream().map(UsageRecord::charged).toList());
    assertTrue(traffic.isBlocked(ANN.id(), tenant()), "a block survives");
    assertEquals(
        List.of(ItemNames.BLOCKED, ItemNames.FORGOTTEN), List.copyOf(item().attributes().keySet()));
    assertEquals("Audited 1 tenant: 0 differences.\n", done("audit", id).err());
    assertTrue(user("forget", "--yes").lines().contains("Removed the end user from 0 records."));

    done("user", "unblock", id, ANN.id());
    CLOCK.advance(Duration.ofSeconds(10));
    callOfAnn(30);
    CLOCK.advance(Duration.ofHours(1));
    done(
        "usage",
        "correct",
        wrong,
        "--tenant",
        id,
        "--prompt-tokens",
        "0",
        "--completion-tokens",
        "0",
        "--reason",
        "r",
        "--yes");
    CLOCK.advance(Duration.ofSeconds(10));
    assertEquals("Audited 1 tenant: 0 differences.\n", done("audit", id).err());
    assertTrue(user("show", "--csv").lines().getLast().endsWith(",1000,30,0,970"));
    var lines = done("usage", "report", "--by", "user", "--csv", "--tenant", id).lines();
    assertTrue(lines.contains(id + ",ann@example.com,1,30,0,0,30,0,0,1"), lines::toString);
    assertTrue(lines.contains(id + ",bob,1,7,0,0,7,0,0,1"), lines::toString);
  }

  @Test
  void recordsOfCallsThatMayBeInFlightAreLeftForAnotherRun() {
    createWithTiers();
    callOfAnn(100);
    CLOCK.advance(Duration.ofMinutes(19));
    callOfAnn(20);
    CLOCK.advance(Duration.ofMinutes(2));
    assertEquals(
        List.of(
            "Removed the counters of end user ann@example.com of tenant " + id + ".",
            "Removed the end user from 1 record.",
            "1 record of the last 20 minutes still names the end user. Run the command again after "
                + CLOCK.instant().plus(Duration.ofMinutes(20))
                + "."),
        user("forget", "--yes").lines());
    assertEquals(1, named());
    CLOCK.advance(Duration.ofMinutes(21));
    assertTrue(user("forget", "--yes").lines().contains("Removed the end user from 1 record."));
    assertEquals(0, named());
  }

  @Test
  void aLaterFirstDayLeavesOlderRecords() {
    createWithTiers();
    callOfAnn(100);
    CLOCK.advance(Duration.ofDays(1));
    callOfAnn(20);
    CLOCK.advance(Duration.ofHours(1));
    var today = CLOCK.instant().toString().substring(0, 10);
    assertTrue(
        user("forget", "--yes", "--from", today)
            .lines()
            .contains("Removed the end user from 1 record."));
    assertEquals(1, named());
  }

  /** Tenants without tiers have end users in records too. */
  @Test
  void withoutTiersTheRecordsForgetToo() {
    done("tenant", "create", id);
    callOfAnn(5);
    CLOCK.advance(Duration.ofHours(1));
    assertEquals(
        List.of(
            "There are no counters of end user ann@example.com of tenant " + id + ".",
            "Removed the end user from 1 record."),
        user("forget", "--yes").lines());
    assertEquals(0, named());
    assertEquals(1, run("user", "forget", "unknown", "ann", "--yes").exitCode());
  }

  // ---- audit

  @Test
  void theAuditComparesEndUsersAndListsCallsThatWereLeft() {
    createWithTiers();
    callOfAnn(100);
    CLOCK.advance(Duration.ofSeconds(10));
    traffic.leaveAtEndUser(ANN.id(), tenant(), 9);
    CLOCK.advance(Duration.ofHours(1));
    var audited = run("audit", id);
    assertEquals(0, audited.exitCode(), audited.out());
    assertTrue(audited.out().contains(": left at an end user: end user "), audited.out());
    assertEquals("Audited 1 tenant: 0 differences, 1 call left at end users.\n", audited.err());
    assertTrue(run("audit", id, "--json").out().contains("\"left_at_end_user\""));

    traffic.tamper(QuotaKey.of(new TenantId(id), ANN), ItemNames.TOKENS_HELD, 3);
    var wrong = run("audit", id);
    assertEquals(1, wrong.exitCode());
    assertTrue(wrong.out().contains("counter off: end user "), wrong.out());
  }
}
