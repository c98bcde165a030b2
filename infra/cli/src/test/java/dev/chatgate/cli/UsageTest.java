package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.PriceEditor;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.Pause;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage reports, following calls and corrections. */
class UsageTest {
  private static final ModelPrice PRICE =
      new ModelPrice(
          "m",
          LocalDate.of(2026, 11, 1),
          List.of(
              new ModelPrice.Tier(0, 1_000_000, OptionalLong.of(500_000), 2_000_000),
              new ModelPrice.Tier(1_000, 3_000_000, OptionalLong.empty(), 4_000_000)));

  private final TestClock clock = new TestClock(Instant.parse("2026-11-20T10:00:00Z"));
  private final FakeAws aws = new FakeAws(clock);
  private final Traffic traffic = new Traffic(aws.client(), clock);
  private final Tenant acme = tenant("acme");
  private final Tenant beta = tenant("beta");
  private String firstCall = "";

  private static Tenant tenant(String id) {
    return new Tenant(
        new TenantId(id),
        TenantStatus.ACTIVE,
        Quota.UNLIMITED,
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  @BeforeEach
  void history() {
    done("tenant", "create", "acme", "--tokens-per-day", "10000");
    new PriceEditor(aws.client(), Tables.LOCAL).put(PRICE);
    firstCall = traffic.call(acme, "m", Optional.of(PRICE), new TokenCounts(100, 40, 50));
    traffic.call(beta, "=other", Optional.empty(), new TokenCounts(7, 0, 3));
    clock.advance(Duration.ofDays(1));
    traffic.call(acme, "m", Optional.of(PRICE), new TokenCounts(10, 0, 5));
    done("reconcile");
    clock.advance(Duration.ofDays(1));
    traffic.call(acme, "m", Optional.of(PRICE), new TokenCounts(1, 0, 1));
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private CommandRunner operator() {
    return new CommandRunner().with("CHATGATE_AWS_PORT", aws.port()).at(clock).pausing(clock);
  }

  private static Result run(CommandRunner operator, String... line) {
    return operator.run(
        Stream.concat(Stream.of(line), Stream.of("--local")).toArray(String[]::new));
  }

  private Result run(String... line) {
    return run(operator(), line);
  }

  private Result done(String... line) {
    var result = run(line);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private String figures(String tenant) {
    return done("usage", "report", "--csv", "--by", "tenant", "--tenant", tenant).lines().getLast();
  }

  @Test
  void aReportHasOpenAndClosedDaysOfEveryTenant() {
    assertEquals(
        List.of(
            "tenant,day,requests,prompt_tokens,cached_tokens,completion_tokens,total_tokens,"
                + "cost_micro_usd,estimated_requests,unpriced_requests",
            "acme,2026-11-20,1,100,40,50,150,180,0,0",
            "acme,2026-11-21,1,10,0,5,15,20,0,0",
            "acme,2026-11-22,1,1,0,1,2,3,0,0",
            "beta,2026-11-20,1,7,0,3,10,0,0,1"),
        done("usage", "report", "--csv").lines());
    assertEquals(
        List.of("acme,m,1,10,0,5,15,20,0,0"),
        done(
                "usage",
                "report",
                "--csv",
                "--by",
                "model",
                "--tenant",
                "acme",
                "--from",
                "2026-11-21",
                "--to",
                "2026-11-21")
            .lines()
            .subList(1, 2));
  }

  @Test
  void modelNamesAreNotFormulasInCsv() {
    var lines = done("usage", "report", "--csv", "--by", "model", "--tenant", "beta").lines();
    assertEquals("beta,'=other,1,7,0,3,10,0,0,1", lines.getLast());
  }

  @Test
  void jsonHasTheFormatOfTheApi() {
    var json =
        done("usage", "report", "--json", "--by", "model", "--tenant", "acme")
            .out()
            .replaceAll("\\s", "");
    assertEquals(
        "{\"object\":\"list\",\"data\":[{\"tenant\":\"acme\",\"model\":\"m\",\"requests\":3,"
            + "\"prompt_tokens\":111,\"cached_tokens\":40,\"completion_tokens\":56,"
            + "\"total_tokens\":167,\"cost_micro_usd\":203,\"estimated_requests\":0,"
            + "\"unpriced_requests\":0}],"
            + "\"limits\":[{\"tenant\":\"acme\",\"name\":\"tokens_per_day\",\"limit\":10000,"
            + "\"settled\":2,\"in_flight\":0,\"remaining\":9998,"
            + "\"resets_at\":\"2026-11-23T00:00:00Z\"}]}",
        json);
  }

  @Test
  void aModelWithoutAPriceIsNotFree() {
    done("price", "set", "gratis", "--from=2026-11-01", "--prompt=0", "--completion=0");
    traffic.call(beta, "gratis", Optional.empty(), new TokenCounts(5, 0, 5));
    var lines = done("usage", "report", "--by", "model", "--tenant", "beta").lines();
    assertTrue(lines.getFirst().endsWith("TOTAL      COST  UNPRICED  ESTIMATED"), lines::toString);
    assertTrue(lines.get(1).matches("beta +=other +1 .* +10 +no price +1 +0"), lines::toString);
    assertTrue(lines.get(2).matches("beta +gratis +1 .* +10 +\\$0.00 +0 +0"), lines::toString);
    assertTrue(lines.getLast().matches("total +2 .* +20 +no price +1 +0"), lines::toString);
  }

  private String report(String... options) {
    return done(Stream.concat(Stream.of("usage", "report"), Stream.of(options))
            .toArray(String[]::new))
        .out();
  }

  @Test
  void aPriceInForceSaysFromWhenOnCallsAreCharged() {
    var delay = "Calls of the next 30 s may still be charged without it.\n";
    var set = new String[] {"price", "set", "x", "--prompt", "1", "--completion", "2"};
    assertEquals("Set the price of x from 2026-11-22.\n" + delay, done(set).out());
    assertEquals("Set the price of x from 2026-11-22.\n", done(set).out());
    assertEquals(
        "Set the price of y from 2026-11-23.\n",
        done("price", "set", "y", "--from", "2026-11-23", "--prompt", "1", "--completion", "2")
            .out());
    set[2] = "z";
    assertTrue(
        run(operator().with("CHATGATE_CACHE_SECONDS", "7"), set).out().contains("the next 7 s"));
    set[2] = "zz";
    assertFalse(
        run(operator().with("CHATGATE_CACHE_SECONDS", "0"), set).out().contains("may still"));
  }

  private void callsOfPersons() {
    traffic.callFor("=cmd", acme, "m", Optional.of(PRICE), new TokenCounts(500, 0, 0));
    traffic.callFor("ann", acme, "m", Optional.of(PRICE), new TokenCounts(20, 0, 10));
    traffic.callFor("ann", acme, "n", Optional.empty(), new TokenCounts(1, 0, 1));
    traffic.callFor("bob", acme, "m", Optional.of(PRICE), new TokenCounts(9, 0, 0));
    traffic.callFor("cid", acme, "m", Optional.of(PRICE), new TokenCounts(8, 0, 0));
    traffic.callFor("ann", beta, "n", Optional.empty(), new TokenCounts(1, 0, 0));
  }

  @Test
  void aReportByUserSumsPersonsThenTheOthersThenCallsWithoutAPerson() {
    callsOfPersons();
    assertEquals(
        List.of(
            "tenant,user,requests,prompt_tokens,cached_tokens,completion_tokens,total_tokens,"
                + "cost_micro_usd,estimated_requests,unpriced_requests",
            "acme,'=cmd,1,500,0,0,500,500,0,0",
            "acme,ann,2,21,0,11,32,40,0,1",
            "acme,(other),2,17,0,0,17,17,0,0",
            "acme,(none),3,111,40,56,167,203,0,0",
            "beta,ann,1,1,0,0,1,0,0,1",
            "beta,(none),1,7,0,3,10,0,0,1"),
        done("usage", "report", "--csv", "--by", "user", "--top", "2").lines());
  }

  @Test
  void theTableByUserEndsWithTheSumOfItsRows() {
    callsOfPersons();
    var lines = done("usage", "report", "--by", "tenant,user").lines();
    assertTrue(lines.getFirst().matches("TENANT +USER +REQUESTS .*"), lines.getFirst());
    assertTrue(
        lines.getLast().matches("total +10 +657 +40 +70 +727 +\\$0.0008 +3 +0"), lines::toString);
    assertFalse(lines.toString().contains("(other)"), lines::toString);
  }

  @Test
  void jsonByUserTellsPersonsTheOthersAndCallsWithoutAPersonApart() {
    callsOfPersons();
    var json =
        done("usage", "report", "--json", "--by", "user", "--top", "1", "--tenant", "acme")
            .out()
            .replaceAll("\\s", "");
    var rows =
        List.of(
            "{\"tenant\":\"acme\",\"user\":\"=cmd\",\"users\":1,\"requests\":1,",
            "{\"tenant\":\"acme\",\"user\":null,\"users\":3,\"requests\":4,",
            "{\"tenant\":\"acme\",\"user\":null,\"users\":0,\"requests\":3,");
    rows.forEach(row -> assertTrue(json.contains(row), json));
    assertTrue(json.contains("\"limits\":[{\"tenant\":\"acme\""), json);
  }

  @Test
  void theHtmlPageByUserHasATableOfPersons(@TempDir Path folder) throws IOException {
    callsOfPersons();
    traffic.callFor("<b>&", acme, "m", Optional.empty(), new TokenCounts(1, 0, 0));
    var file = folder.resolve("usage.html");
    done("usage", "report", "--by", "user", "--html", file.toString());
    var page = Files.readString(file);
    for (var text :
        List.of(
            "By tenant and person", ">ann<", ">=cmd<", ">without a person<", "&lt;b&gt;&amp;")) {
      assertTrue(page.contains(text), text);
    }
    assertFalse(page.contains("<b>&"));
    done("usage", "report", "--html", file.toString());
    assertFalse(Files.readString(file).contains("By tenant and person"));
  }

  @Test
  void aCorrectionCountsForThePersonOfTheCorrectedCall() {
    var call = traffic.callFor("ann", acme, "m", Optional.of(PRICE), new TokenCounts(20, 0, 10));
    clock.advance(Duration.ofDays(1));
    done(
        "usage",
        "correct",
        call,
        "--prompt-tokens",
        "15",
        "--completion-tokens",
        "10",
        "--reason",
        "r",
        "--yes");
    var report =
        done(
            "usage", "report", "--csv", "--by", "user", "--tenant", "acme", "--from", "2026-11-23");
    assertEquals(List.of("acme,ann,0,-5,0,0,-5,-5,0,0"), report.lines().subList(1, 2));
    assertEquals(2, report.lines().size(), report.out());
  }

  @Test
  void aCallThatDiedHasNoPersonInTheReport() {
    traffic.die(acme, "m", Optional.of(PRICE), 400);
    clock.advance(Duration.ofMinutes(3));
    done("reconcile");
    var lines = done("usage", "report", "--csv", "--by", "user", "--tenant", "acme").lines();
    assertTrue(lines.getLast().startsWith("acme,(none),4,"), lines::toString);
    assertEquals(2, lines.size());
  }

  @Test
  void aReportByUserOfDeletedRecordsSaysSo() {
    var kept = done("usage", "report", "--by", "user", "--from=2025-10-18", "--to=2025-10-19");
    assertEquals("", kept.err());
    var deleted = done("usage", "report", "--by", "user", "--from=2025-10-17", "--to=2025-10-19");
    assertEquals(
        "Call records before 2025-10-18 are deleted and not in the report by user.\n",
        deleted.err());
  }

  @Test
  void aReportByUserRejectsInvalidOptions() {
    for (var line :
        List.of(
            "--by user,model",
            "--by day,user",
            "--top 5",
            "--by model --top 5",
            "--by user --top 0",
            "--by user --top -1",
            "--by user --top 10001",
            "--by user --top many")) {
      var result =
          run(
              Stream.concat(Stream.of("usage", "report"), Stream.of(line.split(" ")))
                  .toArray(String[]::new));
      assertEquals(2, result.exitCode(), line);
      assertEquals("", result.out(), line);
      assertTrue(result.err().contains("--top") || result.err().contains("--by"), result.err());
    }
  }

  @Test
  void aLongRangeIsReadInPartsWithProgress() {
    var line = new String[] {"usage", "report", "--csv", "--from", "2025-11-01"};
    var quiet = run(line);
    var watched = run(operator().watching(), line);
    assertEquals(quiet.out(), watched.out());
    assertEquals("", quiet.err());
    assertTrue(watched.err().contains("\rReading usage: 50 %"), watched.err());
  }

  @Test
  void theHtmlPageHasTheFiguresAndNoExternalResources(@TempDir Path folder) throws IOException {
    var file = folder.resolve("usage.html");
    done("usage", "report", "--html", file.toString());
    var page = Files.readString(file);
    for (var figure :
        List.of(
            "<h1>Usage, local deployment</h1>",
            "title=\"$0.000203\">$0.0002<",
            "177",
            "acme",
            "=other",
            "2026-11-20")) {
      assertTrue(page.contains(figure), figure);
    }
    assertFalse(page.contains("<script") || page.contains("src=") || page.contains("url("));
  }

  @Test
  void tailPrintsNewRecords() {
    var polls = new int[1];
    Pause pause =
        duration -> {
          clock.advance(duration);
          if (polls[0]++ == 0) {
            traffic.callFor("ann", acme, "m", Optional.of(PRICE), new TokenCounts(2, 0, 2));
            traffic.die(beta, "n", Optional.empty(), 30);
          } else if (polls[0] == 2) {
            clock.advance(Duration.ofMinutes(2));
            run("reconcile");
          } else {
            Thread.currentThread().interrupt();
          }
        };
    var result = run(operator().pausing(pause), "usage", "tail", "--json");
    assertTrue(Thread.interrupted());
    assertEquals(2, result.lines().size(), result.out() + result.err());
    assertTrue(result.lines().getFirst().contains("\"total_tokens\":4"), result.out());
    assertTrue(result.lines().getFirst().contains("\"end_user\":\"ann\""), result.out());
    assertTrue(result.lines().getLast().contains("\"kind\":\"orphaned\""), result.out());
    assertFalse(result.lines().getLast().contains("end_user"), result.out());
  }

  @Test
  void tailSaysThatItWaitsAndHasColumns() {
    var polls = new int[1];
    Pause pause =
        duration -> {
          clock.advance(duration);
          if (polls[0]++ == 0) {
            traffic.callFor("ann", acme, "m", Optional.of(PRICE), new TokenCounts(12, 0, 3456));
            traffic.call(beta, "other", Optional.empty(), new TokenCounts(1, 0, 1));
          } else {
            Thread.currentThread().interrupt();
          }
        };
    var result = run(operator().pausing(pause), "usage", "tail");
    assertTrue(Thread.interrupted());
    assertEquals("Waiting for calls of the local deployment. Ctrl-C ends.\n", result.err());
    assertEquals(3, result.lines().size(), result.out());
    var heading = result.lines().getFirst();
    int end = heading.indexOf("COMPLETION") + "COMPLETION".length();
    assertTrue(heading.startsWith("TIME "), heading);
    assertTrue(result.lines().get(1).substring(0, end).endsWith(" 3,456"), result.out());
    assertTrue(result.lines().get(1).endsWith("  ann"), result.out());
    assertTrue(result.lines().get(2).substring(0, end).endsWith(" 1"), result.out());
  }

  @Test
  void groupsAreWordsInAnyCase() {
    assertEquals(report("--by", "model"), report("--by", "MODEL"));
    assertEquals(report("--by", "day,model"), report("--group-by", "Day", "--by", "model"));
    var result = run("usage", "report", "--by", "modle");
    assertEquals(2, result.exitCode());
    assertTrue(
        result
            .err()
            .startsWith(
                "Invalid value for option '--by': 'modle' is not valid (expected tenant, day, model,"
                    + " user)."),
        result.err());
    var script = operator().run("completion").out();
    assertTrue(script.contains("\"tenant\" \"day\" \"model\" \"user\""), script);
  }

  @Test
  void correctSetsTheChargeOfACall() {
    var line =
        List.of(
            "usage",
            "correct",
            firstCall,
            "--prompt-tokens",
            "80",
            "--completion-tokens",
            "60",
            "--cached-tokens",
            "20",
            "--reason",
            "provider invoice",
            "--yes");
    var made = run(line.toArray(String[]::new));
    assertEquals(0, made.exitCode(), made.err());
    // 60 fresh and 20 cached prompt tokens, 60 completion tokens: 60 + 10 + 120 micro-dollars.
    assertEquals("acme,3,91,20,66,157,213,0,0", figures("acme"));
    var again = run(line.toArray(String[]::new));
    assertEquals("The call is already charged this amount. Nothing was changed.\n", again.out());
    assertEquals("acme,3,91,20,66,157,213,0,0", figures("acme"));
    assertEquals(0, run("audit").exitCode());
    assertTrue(
        aws.client()
            .scan(r -> r.tableName(Tables.LOCAL.usage()))
            .toString()
            .contains("provider invoice"));
  }

  @Test
  void correctAcceptsTheLastTwelveCharacters() {
    var id = firstCall.substring(firstCall.length() - 12);
    done(
        "usage",
        "correct",
        id,
        "--tenant",
        "acme",
        "--prompt-tokens",
        "2000",
        "--completion-tokens",
        "0",
        "--reason",
        "r",
        "--yes");
    // In the higher tier, 40 tokens still cached at the price of the others.
    assertEquals("acme,3,2011,40,6,2017,6023,0,0", figures("acme"));
    assertEquals(0, run("audit").exitCode());
  }

  @Test
  void twoCorrectionsInOneSecondAreBothMade() {
    for (var completion : List.of("10", "20", "30")) {
      done(
          "usage",
          "correct",
          firstCall,
          "--prompt-tokens",
          "100",
          "--completion-tokens",
          completion,
          "--reason",
          "r",
          "--yes");
    }
    assertEquals("acme,3,111,40,36,147,163,0,0", figures("acme"));
    assertEquals(0, run("audit").exitCode());
  }

  @Test
  void anOrphanCanBeCorrected() {
    var dead = traffic.die(acme, "m", Optional.of(PRICE), 400);
    clock.advance(Duration.ofMinutes(3));
    done("reconcile");
    done(
        "usage",
        "correct",
        dead,
        "--prompt-tokens",
        "10",
        "--completion-tokens",
        "5",
        "--reason",
        "it answered",
        "--yes");
    assertEquals("acme,4,121,40,61,182,223,1,0", figures("acme"));
    assertEquals(0, run("audit").exitCode());
  }

  @Test
  void correctNeedsConfirmation() {
    var before = figures("acme");
    var line =
        new String[] {
          "usage",
          "correct",
          firstCall,
          "--prompt-tokens",
          "1",
          "--completion-tokens",
          "1",
          "--reason",
          "r"
        };
    assertEquals(2, run(line).exitCode());
    assertEquals(1, run(operator().typing("no"), line).exitCode());
    assertEquals(before, figures("acme"));
  }

  @Test
  void correctRejectsInvalidInput() {
    assertEquals(1, correct("req_" + "0".repeat(24), "1", "1", "r"));
    assertEquals(2, correct("nonsense", "1", "1", "r"));
    assertEquals(2, correct(firstCall, "-1", "1", "r"));
    assertEquals(2, correct(firstCall, "99999999999999", "1", "r"));
    assertEquals(2, correct(firstCall, "1", "1", " "));
  }

  private int correct(String id, String prompt, String completion, String reason) {
    return run(
            "usage",
            "correct",
            id,
            "--prompt-tokens=" + prompt,
            "--completion-tokens",
            completion,
            "--reason",
            reason,
            "--yes")
        .exitCode();
  }
}
