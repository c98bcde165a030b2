package dev.chatgate.telemetry;

import java.util.List;

/**
 * Every metric that the functions publish, in the namespace {@link #NAMESPACE}. A metric's name is
 * that of the log line's field which holds its value; where OpenTelemetry's conventions for
 * generative AI have a name, it is that one.
 */
public enum Metric {
  /** 1 for a call of the chat operation, whatever became of it. */
  CALLS("calls", Unit.COUNT, Dimensions.FUNCTION, true),
  /**
   * 1 for a chat call that ended in a 5xx or an error event, 0 for any other; 1 for a 5xx
   * elsewhere.
   */
  FAULTS("faults", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that ended in an error, by its code. */
  ERRORS("errors", Unit.COUNT, Dimensions.CODE, false),
  /** 1 for a call that admission refused, by the limit that it names. */
  REFUSALS("refusals", Unit.COUNT, Dimensions.LIMIT, false),
  /** Prompt tokens charged, cached ones included. */
  INPUT_TOKENS("gen_ai.usage.input_tokens", Unit.COUNT, Dimensions.FUNCTION, true),
  /** Of these, the ones that the provider had cached. */
  CACHED_TOKENS("gen_ai.usage.cache_read.input_tokens", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Completion tokens charged. */
  OUTPUT_TOKENS("gen_ai.usage.output_tokens", Unit.COUNT, Dimensions.FUNCTION, true),
  /** Micro-dollars charged; 0 for a model without a price. */
  COST("cost_micro_usd", Unit.NONE, Dimensions.FUNCTION, true),
  /** From the call to the provider to the first byte of its answer's body. */
  FIRST_CHUNK("gen_ai.response.time_to_first_chunk", Unit.SECONDS, Dimensions.FUNCTION, false),
  /** From the call's arrival in the function to the end of its settlement. */
  DURATION("duration_ms", Unit.MILLISECONDS, Dimensions.FUNCTION, false),
  /** 1 for a call that failed at the provider: its code begins with {@code upstream_}. */
  PROVIDER_FAILURES("provider_failures", Unit.COUNT, Dimensions.FUNCTION, false),
  /** How often a call was repeated at the provider. */
  PROVIDER_RETRIES("provider_retries", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Conditional writes of an admission after its first. */
  LEDGER_RETRIES("ledger_retries", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that used more than its reserve. */
  OVERRUNS("overruns", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call whose usage is our own count. */
  ESTIMATED("estimated", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that could not be settled to the end: the reconciler has it. */
  UNSETTLED("unsettled", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a call that used the provider's previous key, because the current one was refused. */
  PREVIOUS_KEY("previous_key", Unit.COUNT, Dimensions.FUNCTION, false),
  /** 1 for a run of the reconciler. */
  RUNS("runs", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Calls that died before their record: charged their reserve by the reconciler. */
  ORPHANS("orphans", Unit.COUNT, Dimensions.FUNCTION, false),
  /** Tenants at which a run of the reconciler could not do all. */
  UNFINISHED("unfinished", Unit.COUNT, Dimensions.FUNCTION, false);

  /** The namespace of all of them. */
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

  /** Its name in CloudWatch, and of the field that holds the value. */
  public String wireName() {
    return wireName;
  }

  /** What it counts in. */
  public Unit unit() {
    return unit;
  }

  /** The fields that tell its series apart. */
  public Dimensions dimensions() {
    return dimensions;
  }

  /** Whether it is published a second time by tenant, where a deployment asks for that. */
  public boolean byTenant() {
    return byTenant;
  }

  /** CloudWatch's units, as far as they are used. */
  public enum Unit {
    COUNT("Count"),
    MILLISECONDS("Milliseconds"),
    SECONDS("Seconds"),
    NONE("None");

    private final String wireName;

    Unit(String wireName) {
      this.wireName = wireName;
    }

    /** As CloudWatch spells it. */
    public String wireName() {
      return wireName;
    }
  }

  /** Sets of dimensions. Each value of each of them is a series that is paid for. */
  public enum Dimensions {
    /** The function alone, so that each stack and each door has its own. */
    FUNCTION(""),
    /** The function and the error's code: 27 of them at most. */
    CODE("code"),
    /** The function and the limit's key: six of them. */
    LIMIT("limit"),
    /** The function and the tenant: as many as there are tenants. */
    TENANT("tenant");

    private static final String FUNCTION_NAME = "FunctionName";

    private final String besides;

    Dimensions(String besides) {
      this.besides = besides;
    }

    /** Their names, which are those of fields of the line. */
    public List<String> fields() {
      return besides.isEmpty() ? List.of(FUNCTION_NAME) : List.of(FUNCTION_NAME, besides);
    }
  }
}
