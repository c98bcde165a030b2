package dev.chatgate.openai.estimate;

import java.util.Locale;

/**
 * What a model makes of sound and documents. Published ways of counting differ by provider:
 *
 * <ul>
 *   <li>Sound. OpenAI (guide "Managing costs" of the Realtime API): a token each 100 ms of a user,
 *       each 50 ms of an assistant. Gemini ("Understand and count tokens"): 32 a second. Qwen-Omni
 *       ("Calculate audio, image, and video tokens"): 25 a second, a started second in full.
 *       Voxtral: a token each 80 ms. So {@value #OPENAI_AUDIO} a second for OpenAI's names, and
 *       {@value #AUDIO} for all others.
 *   <li>A PDF's page. Gemini ("Document processing"): 258, since version 3 some 560. Anthropic
 *       ("PDF support"): 1,500 to 3,000 by density; OpenAI ("File inputs"): the page's text and its
 *       image, some 1,300 to 2,000. So {@value #GEMINI_PAGE} for Gemini, and {@value #PAGE} for all
 *       others.
 * </ul>
 *
 * @param perSecond tokens a second of sound
 * @param perPage tokens a page of a document
 */
public record MediaRates(long perSecond, long perPage) {
  static final long AUDIO = 32;
  static final long OPENAI_AUDIO = 20;
  static final long PAGE = 3_000;
  static final long GEMINI_PAGE = 600;

  private static final MediaRates OPENAI = new MediaRates(OPENAI_AUDIO, PAGE);
  private static final MediaRates GEMINI = new MediaRates(AUDIO, GEMINI_PAGE);
  private static final MediaRates OTHERS = new MediaRates(AUDIO, PAGE);

  /**
   * The rates of a model.
   *
   * @param model the provider's name for it, in any letter case, with or without a vendor
   */
  public static MediaRates forModel(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    String bare = name.substring(name.lastIndexOf('/') + 1);
    if (bare.startsWith("gpt-") || bare.startsWith("chatgpt-")) {
      return OPENAI;
    }
    return bare.startsWith("gemini") ? GEMINI : OTHERS;
  }

  /** Tokens of sound. */
  public long sound(long millis) {
    return Math.ceilDiv(millis * perSecond, 1_000L);
  }

  /** Tokens of a document's pages. */
  public long pages(long pages) {
    return pages * perPage;
  }
}
