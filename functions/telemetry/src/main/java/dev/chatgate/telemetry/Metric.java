package dev.chatgate.telemetry;

import java.util.List;

/**
 * Every metric that the functions publish, in the namespace {@link #NAMESPACE}. A metric has the
 * same name as the log line's field that contains its value. If OpenTelemetry's conventions for
 * generative AI define a name, that one is used. In a line about several refusals that are alike, a
 * count is their number instead of 1.
 */
public enum Metric {
  /** 1 for a call of the chat operation, with any outcome. */
  CALLS("calls", Unit.COUNT, Dimensions.FUNCTION, true),
  /**
   * 1 for a chat call that ended in a 5xx or an error event, 0 for any other chat call; 1 for a 5xx
   * of another route.
   */
  FAULTS("faults", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that ended in an error; the dimension is the error code. */
  ERRORS("errors", Unit.COUNT, Dimensions.CODE, false),
  /** 1 for a call that admission refused; the dimension is the limit. */
  REFUSALS("refusals", Unit.COUNT, Dimensions.LIMIT, false),
  /**
   * 1 for each percent of a limit at which a warning is wanted and that is reached; the dimension
   * is the level of the limit.
   */
  WARNINGS("warnings", Unit.COUNT, Dimensions.LIMIT_SCOPE, false),
  /** Prompt tokens charged, cached ones included. */
  INPUT_TOKENS("gen_ai.usage.input_tokens", Unit.COUNT, Dimensions.FUNCTION, true),
  /** Prompt tokens charged that the provider had cached. */
  CACHED_TOKENS("gen_ai.usage.cache_read.input_tokens", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Completion tokens charged. */
  OUTPUT_TOKENS("gen_ai.usage.output_tokens", Unit.COUNT, Dimensions.FUNCTION, true),
  /** Micro-dollars charged; 0 for a model without a price. */
  COST("cost_micro_usd", Unit.NONE, Dimensions.FUNCTION, true),
  /** Time from the call to the provider to the first byte of its answer's body. */
  FIRST_CHUNK("gen_ai.response.time_to_first_chunk", Unit.SECONDS, Dimensions.FUNCTION, false),
  /** Time from the call's arrival in the function to the end of its settlement. */
  DURATION("duration_ms", Unit.MILLISECONDS, Dimensions.FUNCTION, false),
  /** 1 for a call that failed at the provider: its code begins with {@code upstream_}. */
  PROVIDER_FAILURES("provider_failures", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Number of retries of the provider call. */
  PROVIDER_RETRIES("provider_retries", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Number of conditional writes of an admission after the first. */
  LEDGER_RETRIES("ledger_retries", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that used more than its reserve. */
  OVERRUNS("overruns", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call with estimated usage, because the provider reported none. */
  ESTIMATED("estimated", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that could not be settled completely; the reconciler settles it. */
  UNSETTLED("unsettled", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that used the provider's previous key, because the current one was refused. */
  PREVIOUS_KEY("previous_key", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a run of the reconciler. */
  RUNS("runs", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Calls that died before their record was written; the reconciler charges their reserve. */
  ORPHANS("orphans", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Tenants for which a run of the reconciler could not finish its work. */
  UNFINISHED("unfinished", Unit.COUNT, Dimensions.FUNCTION, false);

  /** The CloudWatch namespace of all metrics. */
  public static final String NAMESPACE = "Chatgate";

  private final String wireName;
  private final Unit unit;
  private final Dimensions dimensions;
  private final boolean byTenant;

  Metric(String wireName, Unit unit, Dimensions dimensions, boolean byTenant) {
    this.wireName = wireName;
    this.unit = unit;
    this.dimensions = dimensions;
    this.byTenant = byTenant;
  }

  /** The name in CloudWatch and of the log line's field. */
  public String wireName() {
    return wireName;
  }

  /** The unit of the value. */
  public Unit unit() {
    return unit;
  }

  /** The fields that are the metric's dimensions. */
  public Dimensions dimensions() {
    return dimensions;
  }

  /** Whether it is also published for each tenant, if the deployment enables that. */
  public boolean byTenant() {
    return byTenant;
  }

  /** The units that are used. */
  public enum Unit {
    COUNT("Count"),
    MILLISECONDS("Milliseconds"),
    SECONDS("Seconds"),
    NONE("None");

    private final String wireName;

    Unit(String wireName) {
      this.wireName = wireName;
    }

    /** The unit's name in CloudWatch. */
    public String wireName() {
      return wireName;
    }
  }

  /** Sets of dimensions. AWS charges for each combination of values as a separate metric. */
  public enum Dimensions {
    /** Only the function, so that each stack and each door has its own metric. */
    FUNCTION(""),
    /** The function and the error's code; at most 33 codes. */
    CODE("code"),
    /** The function and the limit's key; six limits. */
    LIMIT("limit"),
    /** The function and the level of the limit: {@code end_user} or {@code tenant}. */
    LIMIT_SCOPE("limit_scope"),
    /** The function and the tenant; as many as there are tenants. */
    TENANT("tenant");

    private static final String FUNCTION_NAME = "FunctionName";

    private final String additional;

    Dimensions(String additional) {
      this.additional = additional;
    }

    /** The names of the dimensions, which are also fields of the log line. */
    public List<String> fields() {
      return additional.isEmpty() ? List.of(FUNCTION_NAME) : List.of(FUNCTION_NAME, additional);
    }
  }
}
