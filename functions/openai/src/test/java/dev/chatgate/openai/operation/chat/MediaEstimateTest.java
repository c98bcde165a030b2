package dev.chatgate.openai.operation.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.estimate.Sounds;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.tokens.TokenCounters;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound, files and base64 in a body, beside what providers publish of how they count them. */
class MediaEstimateTest {
  private static final String GPT = "gpt-4o-audio-preview";
  private static final String GEMINI = "google/gemini-2.5-flash";
  private static final String QWEN = "qwen-omni-turbo";
  private static final String CLAUDE = "anthropic/claude-sonnet-4.5";
  private static final String VOXTRAL = "voxtral-small-24b-2507";
  private static final String SOUND =
      "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"%s\",\"format\":\"%s\"}}";
  private static final String FILE =
      "{\"type\":\"file\",\"file\":{\"filename\":\"a\",\"file_data\":\"%s\"}}";
  private static final String SENTENCE = "The quick brown fox jumps over the lazy dog. ";

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final List<String> HEADS =
      List.of(
          "",
          "RIFF\0\0\0\0WAVE",
          "RIFF\0\0\0\0WAVEfmt ",
          "RIFF\0\0\0\0WEBP",
          "fLaC",
          "OggS",
          "ID3",
          "ID3\4\0\0\0\0\0\0",
          "\u00FF\u00FB\u0090\0",
          "\u00FF\u00F1",
          "\0\0\0 ftypM4A mvhd\0",
          "\0\0\0 ftypisom",
          "\u001AE\u00DF\u00A3",
          "#!AMR",
          "%PDF-/Type/Page",
          "%PDF-/Type ",
          "PK\3\4",
          "\u0089PNG");

  private static final ChatOperation parser = new ChatOperation(new TokenCounters());

  /**
   * Ordinary material.
   *
   * @param published tokens, by the provider's own rule
   */
  record Material(String name, String model, String part, long published) {
    @Override
    public String toString() {
      return name + " for " + model;
    }
  }

  private static Material sound(
      String name, String model, byte[] file, String format, double published) {
    return new Material(name, model, SOUND.formatted(base64(file), format), Math.round(published));
  }

  private static Material file(
      String name, String model, String type, byte[] file, double published) {
    String url = "data:" + type + ";base64," + base64(file);
    return new Material(name, model, FILE.formatted(url), Math.round(published));
  }

  static List<Material> materials() {
    return List.of(
        // OpenAI: a token each 100 ms.
        sound("WAV, 16 kHz, 30 s", GPT, Sounds.wav(30, 32_000), "wav", 30 * 10),
        sound("WAV, 44.1 kHz stereo, 15 s", GPT, Sounds.wav(15, 176_400), "wav", 15 * 10),
        sound("WAV, 8 kHz µ-law, 60 s", GPT, Sounds.wav(60, 8_000), "wav", 60 * 10),
        sound("MP3, 128 kbit/s, 60 s", GPT, Sounds.mp3(60, 128, 9), "mp3", 60 * 10),
        sound("MP3, 320 kbit/s, 30 s", GPT, Sounds.mp3(30, 320, 14), "mp3", 30 * 10),
        sound("MP3, speech at 32 kbit/s, 120 s", GPT, Sounds.speechMp3(120), "mp3", 120 * 10),
        sound("MP3, variable rate, 60 s", GPT, Sounds.variableMp3(60, 180), "mp3", 60 * 10),
        sound("PCM without a head, 24 kHz, 20 s", GPT, Sounds.noise(20 * 48_000), "pcm16", 20 * 10),
        sound("G.711, 60 s", GPT, Sounds.noise(60 * 8_000), "g711_ulaw", 60 * 10),
        // Gemini: 32 tokens a second.
        sound("WAV, 16 kHz, 30 s", GEMINI, Sounds.wav(30, 32_000), "wav", 30 * 32),
        sound("FLAC, 60 s", GEMINI, Sounds.flac(60, 17_000), "flac", 60 * 32),
        sound("AAC, 128 kbit/s, 60 s", GEMINI, Sounds.adts(60, 371), "aac", 60 * 32),
        sound("M4A, 64 kbit/s, 60 s", GEMINI, Sounds.m4a(60, 8_000), "m4a", 60 * 32),
        sound("Opus in Ogg, 96 kbit/s, 60 s", GEMINI, Sounds.oggOpus(60, 12_000), "ogg", 60 * 32),
        sound("Opus in WebM, 48 kbit/s, 60 s", GEMINI, Sounds.webm(60, 6_000), "webm", 60 * 32),
        // Qwen-Omni: 25 tokens a second. Voxtral: a token each 80 ms.
        sound("WAV, 16 kHz, 30 s", QWEN, Sounds.wav(30, 32_000), "wav", 30 * 25),
        sound("MP3, 64 kbit/s, 90 s", QWEN, Sounds.mp3(90, 64, 5), "mp3", 90 * 25),
        sound("WAV, 8 kHz, 1 s", QWEN, Sounds.wav(1, 16_000), "wav", 25),
        sound("G.711, half a second", QWEN, Sounds.noise(4_000), "g711_alaw", 25),
        sound("MP3, 128 kbit/s, 60 s", VOXTRAL, Sounds.mp3(60, 128, 9), "mp3", 60 * 12.5),
        // A page: Gemini 258, Anthropic 1,500 to 3,000, OpenAI its text and its image.
        file("PDF, 5 pages", GEMINI, "application/pdf", pdf(5, 300_000), 5 * 258),
        file("PDF, 5 pages of text", CLAUDE, "application/pdf", pdf(5, 300_000), 5 * 2_347),
        file("PDF, 40 scanned pages", CLAUDE, "application/pdf", pdf(40, 2_400_000), 40 * 1_600),
        file("PDF, 3 pages", "gpt-4o", "application/pdf", pdf(3, 90_000), 3 * (500 + 1_105)),
        file("PDF by TeX, 10 pages", CLAUDE, "application/pdf", pdf(0, 180_000), 10 * 2_347),
        // Text: 4 characters a token; a novel of 80,000 words in a document of 230 kB.
        file("text", "gpt-4o", "text/plain", text(40_000), 40_000 / 4.0),
        file("office document", "gpt-4o", "application/docx", zip(230_000), 80_000 * 4 / 3.0),
        // Qwen-VL: at most 16,384 tokens an image.
        new Material(
            "picture in a part of another shape",
            QWEN,
            "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"data\":\"%s\"}}"
                .formatted(base64(png(500_000))),
            16_384));
  }

  @ParameterizedTest
  @MethodSource("materials")
  void theEstimateIsOneToThreeTimesWhatIsPublished(Material material) {
    long estimate = more(material.model(), material.part());
    assertTrue(
        estimate >= material.published() && estimate <= 3 * material.published() + 100,
        () -> estimate + " for " + material.published());
  }

  /** The framing of a part takes some 30 tokens. */
  static Stream<String> places() {
    return Stream.of(
        SOUND.formatted("§", "mp3"),
        "{\"type\":\"input_audio\",\"input_audio\":{\"format\":\"mp3\",\"data\":\"§\"}}",
        SOUND.formatted("data:;base64,§", "mp3"),
        "{\"type\":\"audio_url\",\"audio_url\":{\"url\":\"data:audio/mpeg;base64,§\"}}",
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:audio/mp3;base64,§\"}}",
        "{\"type\":\"invented\",\"x\":{\"y\":[[{\"z\":\"§\"}]]}}",
        "{\"type\":\"invented\",\"x\":[\"a\",\"§\"]}",
        "{\"type\":\"file\",\"file\":{\"file_data\":\"§\"}}",
        "{\"type\":\"tool_result\",\"content\":[{\"type\":\"audio\",\"data\":\"§\"}]}",
        "{\"type\":\"media\",\"media\":\"DATA:Audio/MPEG;rate=1;base64,§\"}");
  }

  @ParameterizedTest
  @MethodSource("places")
  void soundIsSoundAtEveryPlace(String part) {
    String mp3 = base64(Sounds.mp3(60, 128, 9));
    for (String role : List.of("user", "tool", "assistant")) {
      long estimate = more(GPT, role, part.replace("§", mp3));
      assertTrue(estimate >= 1_200 && estimate < 1_300, () -> role + ": " + estimate);
    }
  }

  @Test
  void lineBreaksAndEscapedSlashesAreNoOtherThing() {
    String plain = base64(Sounds.mp3(60, 128, 9));
    String url = Base64.getUrlEncoder().withoutPadding().encodeToString(Sounds.mp3(60, 128, 9));
    String lines = plain.replaceAll(".{76}", "$0\\\\r\\\\n");
    long expected = more(GPT, SOUND.formatted(plain, "mp3"));
    assertEquals(expected, more(GPT, SOUND.formatted(url, "mp3")));
    assertEquals(expected, more(GPT, SOUND.formatted(lines, "mp3")));
    assertEquals(expected, more(GPT, SOUND.formatted(plain.replace("/", "\\/"), "mp3")));
  }

  @Test
  void aMegabyteOfSoundFitsTwoHundredThousandTokensWhateverItsFormat() {
    String noise = base64(Sounds.noise(1_000_000));
    for (String format : List.of("wav", "mp3", "flac", "opus", "aac", "pcm16", "amr", "new", "")) {
      long estimate = more(GEMINI, SOUND.formatted(noise, format));
      assertTrue(estimate > 900 && estimate < 50_000, () -> format + ": " + estimate);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"https://example.org/a.mp3\"}}",
        "{\"type\":\"audio_url\",\"audio_url\":{\"url\":\"https://example.org/a.mp3\"}}",
        "{\"type\":\"audio_url\",\"audio_url\":\"https://example.org/a.mp3\"}"
      })
  void soundAtAnAddressCostsTenMinutes(String part) {
    long estimate = more(GEMINI, part);
    assertTrue(estimate >= 19_200 && estimate < 19_300, () -> "" + estimate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"file\",\"file\":{\"file_id\":\"file-abc\"}}",
        "{\"type\":\"file\",\"file\":{\"file_data\":\"https://example.org/a.pdf\"}}",
        "{\"type\":\"input_file\",\"file_url\":\"https://example.org/a.pdf\"}",
        "{\"type\":\"input_file\",\"file_id\":\"file-abc\"}"
      })
  void aFileThatIsElsewhereCostsTenPages(String part) {
    long estimate = more(CLAUDE, part);
    assertTrue(estimate >= 30_000 && estimate < 30_100, () -> "" + estimate);
  }

  @Test
  void whatIsNullIsNotThere() {
    for (String member : List.of("image_url", "video_url", "input_audio", "file")) {
      long estimate = more(CLAUDE, "{\"type\":\"invented\",\"" + member + "\":null}");
      assertTrue(estimate < 50, () -> member + ": " + estimate);
    }
  }

  @Test
  void aVideoCostsItsConstantInEveryForm() {
    String webm = base64(Sounds.webm(10, 50_000));
    for (String part :
        List.of(
            "{\"type\":\"video_url\",\"video_url\":{\"url\":\"data:video/webm;base64,"
                + webm
                + "\"}}",
            "{\"type\":\"video\",\"video\":[\"https://example.org/1.jpg\",\"data:image/png;base64,"
                + base64(png(9_000))
                + "\"]}",
            "{\"type\":\"invented\",\"data\":\"" + webm + "\"}")) {
      long estimate = more(QWEN, part);
      assertTrue(
          estimate >= PromptEstimate.VIDEO && estimate < PromptEstimate.VIDEO + 100,
          () -> part.substring(0, 50) + estimate);
    }
  }

  @Test
  void aTextFileWithoutBase64IsText() {
    long estimate = more("gpt-4o", FILE.formatted(SENTENCE.repeat(100)));
    assertTrue(estimate >= 1_000 && estimate < 1_200, () -> "" + estimate);
  }

  /** A model reads these as they are, and its provider bills them as text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"text\",\"text\":\"§\"}",
        "{\"type\":\"thinking\",\"thinking\":\"§\"}",
        "{\"type\":\"tool_result\",\"content\":\"§\"}"
      })
  void base64ThatIsReadAsTextIsText(String part) {
    String noise = base64(Sounds.noise(30_000));
    assertTrue(more("gpt-4o", part.replace("§", noise)) > 20_000);
    assertTrue(more("gpt-4o", part.replace("§", "data:image/png;base64," + noise)) > 20_000);
  }

  @Test
  void textThatLooksLikeBase64CountsAtLeastATokenEachSixCharacters() {
    for (String text :
        List.of(
            "a".repeat(6_000),
            "0123456789abcdef".repeat(400),
            "0123456789ABCDEFabcdef".repeat(300),
            "camelCaseIdentifier42".repeat(300),
            "src/main/java/Reader2/".repeat(300),
            SENTENCE.repeat(200),
            "data:text/plain," + SENTENCE.repeat(200))) {
      long estimate = more(CLAUDE, "{\"type\":\"invented\",\"x\":\"" + text + "\"}");
      assertTrue(estimate >= text.length() / 6, () -> text.substring(0, 30) + ": " + estimate);
    }
  }

  @Test
  void bytesOfNoKnownFormCountATokenEachFour() {
    long estimate =
        more(CLAUDE, "{\"type\":\"invented\",\"x\":\"" + base64(Sounds.noise(400_000)) + "\"}");
    assertTrue(estimate >= 100_000 && estimate < 100_100, () -> "" + estimate);
  }

  @Test
  void aHeadThatLiesIsBelievedWithinBounds() {
    long honest = more(GEMINI, SOUND.formatted(base64(Sounds.wav(10, 192_000)), "wav"));
    byte[] wav = Sounds.wav(10, 192_000);
    for (int i = 28; i < 32; i++) {
      wav[i] = (byte) 0xFF;
    }
    assertEquals(honest, more(GEMINI, SOUND.formatted(base64(wav), "wav")));
    byte[] tagged = Sounds.mp3(60, 128, 9);
    Arrays.fill(tagged, 6, 10, (byte) 0x7F);
    assertTrue(more(GEMINI, SOUND.formatted(base64(tagged), "mp3")) >= 60 * 32);
  }

  @Test
  void everyCutOfAHeadIsRead() {
    for (byte[] whole :
        List.of(
            Sounds.wav(1, 8_000),
            Sounds.mp3(1, 128, 9),
            Sounds.variableMp3(2, 128),
            Sounds.flac(1, 17_000),
            Sounds.oggOpus(1, 6_000),
            Sounds.adts(1, 371),
            Sounds.m4a(1, 8_000),
            pdf(2, 2_000),
            png(2_000))) {
      for (int length = 1; length < 1_200; length += length < 64 ? 1 : 61) {
        String cut = base64(Arrays.copyOf(whole, length));
        assertTrue(more(GEMINI, SOUND.formatted(cut, "mp3")) > 0);
        assertTrue(more(GEMINI, FILE.formatted(cut)) > 0);
      }
    }
  }

  @Test
  void noBytesBehindAnyHeadAreADefectOrCostNothing() {
    var random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] file = new byte[1 + random.nextInt(300)];
      random.nextBytes(file);
      byte[] head = HEADS.get(random.nextInt(HEADS.size())).getBytes(ISO_8859_1);
      System.arraycopy(head, 0, file, 0, Math.min(head.length, file.length));
      String part = (random.nextBoolean() ? SOUND : FILE).formatted(base64(file), "aac");
      long estimate = more(GEMINI, part);
      assertTrue(estimate > 0 && estimate < 2 * PromptEstimate.VIDEO, () -> SEED + ": " + part);
    }
  }

  /** What is gathered for counting holds no base64: it would be as large as the body. */
  @Test
  void noTextIsMadeOfBase64() {
    String noise = base64(Sounds.noise(3_000_000));
    byte[] sound = body("user", SOUND.formatted(noise, "mp3")).getBytes(UTF_8);
    byte[] text = body("user", "{\"type\":\"text\",\"text\":\"" + noise + "\"}").getBytes(UTF_8);
    parser.parse(sound);
    long before = allocated();
    parser.parse(sound);
    long ofSound = allocated() - before;
    parser.parse(text);
    long ofText = allocated() - before - ofSound;
    assertTrue(ofSound <= ofText - noise.length(), () -> ofSound + ", " + ofText);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void severalClipsCostTheirSum() {
    String clip = SOUND.formatted(base64(Sounds.wav(10, 32_000)), "wav");
    long one = more(GEMINI, clip);
    long three = more(GEMINI, clip + "," + clip + "," + clip);
    assertTrue(three >= 3 * 320 && three <= 3 * one, () -> one + ", " + three);
  }

  private static long more(String model, String part) {
    return more(model, "user", part);
  }

  /** What the part adds to a message that is empty without it. */
  private static long more(String model, String role, String part) {
    return estimate(model, role, part) - estimate(model, role, "");
  }

  private static long estimate(String model, String role, String parts) {
    var parsed = parser.parse(body(role, parts).getBytes(UTF_8));
    return assertInstanceOf(ParsedRequest.Valid.class, parsed, parsed::toString)
        .request()
        .promptTokens(model);
  }

  private static String body(String role, String parts) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"%s\",\"content\":[%s]}]}"
        .formatted(role, parts);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** As most programs write it: page objects in the clear, in several spellings, and their tree. */
  private static byte[] pdf(int pages, int bytes) {
    var objects = new StringBuilder("%PDF-1.4\n1 0 obj<</Type /Pages/Count 9>>endobj\n");
    for (int i = 0; i < pages; i++) {
      objects.append(i % 2 == 0 ? "<</Type/Page/Parent 1 0 R>>" : "<</Type /Page\n/Parent 1 0 R>>");
    }
    return headed(objects.toString(), bytes);
  }

  private static byte[] zip(int bytes) {
    return headed("PK\3\4", bytes);
  }

  private static byte[] png(int bytes) {
    return headed("\u0089PNG\r\n\u001A\n", bytes);
  }

  private static byte[] text(int bytes) {
    return SENTENCE.repeat(bytes / SENTENCE.length() + 1).substring(0, bytes).getBytes(UTF_8);
  }

  private static byte[] headed(String head, int bytes) {
    byte[] file = Sounds.noise(bytes);
    byte[] first = head.getBytes(ISO_8859_1);
    System.arraycopy(first, 0, file, 0, Math.min(first.length, bytes));
    return file;
  }
}
