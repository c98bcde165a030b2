package dev.chatgate.aws.client;

import dev.chatgate.time.StoreClock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Shows the store's clock the {@code Date} of every answer, refusals included. */
public final class StoreClockInterceptor implements ExecutionInterceptor {
  private static final ExecutionAttribute<Instant> SENT_AT =
      new ExecutionAttribute<>("ChatgateSentAt");

  private final StoreClock clock;
  private volatile Read last = new Read("", Optional.empty());

  /**
   * @param clock gets the dates
   */
  public StoreClockInterceptor(StoreClock clock) {
    this.clock = clock;
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attempt) {
    attempt.putAttribute(SENT_AT, clock.sending());
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attempt) {
    context
        .httpResponse()
        .firstMatchingHeader("Date")
        .flatMap(this::read)
        .ifPresent(date -> clock.observe(attempt.getAttribute(SENT_AT), date));
  }

  /** A call's three answers mostly come in one second: their date is parsed once. */
  private Optional<Instant> read(String text) {
    var known = last;
    if (!known.text().equals(text)) {
      known = new Read(text, parse(text));
      last = known;
    }
    return known.date();
  }

  private record Read(String text, Optional<Instant> date) {}

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
