package dev.chatgate.openai.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCountersTest {
  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  private static final Encoding CL100K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

  private static final TokenCounters counters = new TokenCounters();

  record Sample(String name, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Sample> samples() {
    return Stream.of(
        new Sample(
            "english",
            "The gateway holds the tenant to its quota, adds the provider's secret key, calls the provider, and streams the answer back as it is produced. Nothing runs while nobody calls; deploying takes two commands."),
        new Sample(
            "german",
            "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen. Donaudampfschifffahrtsgesellschaft und Geschwindigkeitsbegrenzung sind lange Wörter."),
        new Sample(
            "french",
            "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité."),
        new Sample(
            "finnish",
            "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä."),
        new Sample(
            "hungarian",
            "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek."),
        new Sample(
            "polish",
            "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa."),
        new Sample(
            "turkish",
            "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler."),
        new Sample(
            "vietnamese",
            "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều được tạo hóa ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình anh em."),
        new Sample(
            "swahili",
            "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo yapasa watendeane kindugu."),
        new Sample(
            "russian",
            "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства."),
        new Sample(
            "ukrainian",
            "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства."),
        new Sample(
            "greek",
            "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης."),
        new Sample(
            "hebrew",
            "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחווה."),
        new Sample(
            "arabic",
            "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح الإخاء."),
        new Sample(
            "persian",
            "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل و وجدان هستند و باید نسبت به یکدیگر با روح برادری رفتار کنند."),
        new Sample(
            "armenian",
            "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։"),
        new Sample(
            "georgian",
            "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით."),
        new Sample(
            "hindi",
            "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।"),
        new Sample(
            "bengali",
            "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে। তাঁদের বিবেক এবং বুদ্ধি আছে।"),
        new Sample(
            "tamil",
            "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும் உரிமைகளிலும் சமமானவர்கள்."),
        new Sample(
            "malayalam",
            "മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും അന്തസ്സോടും സ്വാതന്ത്ര്യത്തോടുംകൂടി ജനിച്ചിട്ടുള്ളവരാണ്."),
        new Sample(
            "sinhala",
            "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත. ගරුත්වයෙන් හා අයිතිවාසිකම්වලින් සමාන වෙති."),
        new Sample(
            "thai",
            "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ"),
        new Sample("lao", "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ, ສິດທິ, ເສລີພາບແລະຄວາມສະເໝີພາບເທົ່າທຽມກັນ."),
        new Sample(
            "burmese",
            "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊ တူညီလွတ်လပ်သော အခွင့်အရေးများဖြင့် လည်းကောင်း မွေးဖွားလာသူများ ဖြစ်သည်။"),
        new Sample(
            "khmer", "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងសេចក្តីថ្លៃថ្នូរ និងសិទ្ធិ។"),
        new Sample("amharic", "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።"),
        new Sample("chinese", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。今天的天气很好，我们一起去公园散步吧。"),
        new Sample("traditional", "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。臺灣的夜市聞名於世。"),
        new Sample(
            "japanese",
            "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。"),
        new Sample("katakana", "コンピューターのプログラミングをインターネットでトレーニングするサービス。"),
        new Sample(
            "korean",
            "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다."),
        new Sample("emoji", "👍🏽🎉 great 😂😂 work 👩‍👩‍👧‍👦 🇩🇪 ❤️ ✅ 🚀"),
        new Sample(
            "java",
            "  private static int weight(char c, int before) {\n    if (c < 0x80) {\n      return ascii(c, before);\n    }\n    return c < 0x800 ? twoBytes(c) : threeBytes(c);\n  }\n"),
        new Sample(
            "python",
            "def fib(n: int) -> int:\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n\nprint([fib(i) for i in range(10)])\n"),
        new Sample(
            "json",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"description\":\"The city, e.g. Berlin\"},\"unit\":{\"enum\":[\"celsius\",\"fahrenheit\"]}},\"required\":[\"city\"]}"),
        new Sample(
            "html",
            "<div class=\"row\"><a href=\"https://example.org/a?b=c&amp;d=1\">Click</a></div>"),
        new Sample(
            "numbers",
            "3.14159 2026-11-23T18:34:45Z 1,234,567.89 0xDEADBEEF 192.168.0.1 +49 30 123456"),
        new Sample(
            "markdown",
            "# Title\n\n- **bold** item\n- _italic_ item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```java\nint x = 1;\n```\n"),
        new Sample("math", "∀x ∈ ℝ: ∃ε > 0 ⇒ |f(x) − f(y)| ≤ ε·‖x − y‖² ≈ ∑ₖ αₖ"),
        new Sample(
            "base64",
            "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlzIHNpbmd1bGFyIHBhc3Npb24gZnJvbSBvdGhlciBhbmltYWxz"),
        new Sample(
            "caps", "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG AND IS VERY LOUD ABOUT IT"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theRatioIsNeverBelowAWellKnownTokenizer(Sample sample) {
    long ratio = counters.forModel("vendor/unknown").count(sample.text());
    int known =
        Math.max(
            O200K.countTokensOrdinary(sample.text()), CL100K.countTokensOrdinary(sample.text()));
    assertTrue(ratio >= known, () -> ratio + " < " + known);
    assertTrue(ratio <= 3L * known, () -> ratio + " is far more than " + known);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aKnownFamilyIsCountedExactly(Sample sample) {
    String text = sample.text();
    assertEquals(O200K.countTokensOrdinary(text), counters.forModel("gpt-4o").count(text));
    assertEquals(CL100K.countTokensOrdinary(text), counters.forModel("gpt-4").count(text));
  }

  @Test
  void knowsTokensThatAnyoneCanLookUp() {
    assertEquals(2, counters.forModel("gpt-4o").count("hello world"));
    assertEquals(6, counters.forModel("gpt-3.5-turbo").count("tiktoken is great!"));
    assertEquals(0, counters.forModel("gpt-4o").count(""));
    assertEquals(0, counters.forModel("vendor/unknown").count(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-4o",
        "openai/gpt-4o-mini",
        "OpenAI/GPT-4o-2024-08-06",
        "router/openai/gpt-4.1",
        "gpt-5.1",
        "openai/gpt-oss-120b",
        "o1",
        "o3-mini",
        "openai/o4-mini:free",
        "ft:gpt-4o:team",
        "chatgpt-4o-latest"
      })
  void newerModelsOfOpenAiHaveTheNewerVocabulary(String model) {
    assertSame(counters.forModel("gpt-4o"), counters.forModel(model));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-4",
        "openai/gpt-4-turbo",
        "gpt-4-0613",
        "gpt-3.5-turbo",
        "azure/gpt-35-turbo"
      })
  void olderModelsOfOpenAiHaveTheOlderVocabulary(String model) {
    assertSame(counters.forModel("gpt-4"), counters.forModel(model));
    assertNotSame(counters.forModel("gpt-4o"), counters.forModel(model));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "deepseek/deepseek-r1",
        "someone/gpt-4o",
        "o1x",
        "gpt-40",
        "gpt-45",
        "openai/",
        "qwen"
      })
  void everyOtherModelHasTheRatio(String model) {
    assertSame(counters.forModel("vendor/unknown"), counters.forModel(model));
  }

  @Test
  void longRunsAndLongTextsTakeBoundedTimeAndErrHigh() {
    counters.prime();
    var random = new SplittableRandom(3);
    for (String text :
        new String[] {
          "a".repeat(4_000_000),
          " ".repeat(4_000_000),
          "\n ".repeat(2_000_000),
          "!".repeat(4_000_000),
          random(random, 1_300_000, 0x4E00, 20_000, 0),
          random(random, 1_300_000, 0x4E00, 20_000, BytePairs.MAX_RUN),
          random(random, 1_300_000, 0xD00, 128, BytePairs.MAX_RUN),
          random(random, 4_000_000, 'a', 26, BytePairs.MAX_RUN),
          random(random, 4_000_000, '!', 90, 0),
          "The quick brown fox jumps over the lazy dog. ".repeat(88_000)
        }) {
      for (String model : new String[] {"gpt-4o", "gpt-4", "vendor/unknown"}) {
        long tokens =
            assertTimeout(Duration.ofSeconds(10), () -> counters.forModel(model).count(text));
        assertTrue(tokens <= text.getBytes(StandardCharsets.UTF_8).length);
      }
    }
  }

  @Test
  void aLongTextIsCountedExactly() {
    String text =
        "The quick brown fox jumps over the lazy dog.\n\nAnd then, 12 times,  \t it rests. ";
    String longText = text.repeat(2000);

    assertEquals(O200K.countTokensOrdinary(longText), counters.forModel("gpt-4o").count(longText));
  }

  @Test
  void randomTextIsCountedWithoutFailing() {
    var random = new SplittableRandom(11);
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(200); length > 0; length--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
      }
      long known = counters.forModel("gpt-4o").count(text);
      assertTrue(known >= 0 && counters.forModel("x/y").count(text) >= 0);
    }
  }

  private static String random(SplittableRandom random, int length, int from, int of, int run) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      boolean space = run > 0 && i % run == run - 1;
      text.append(space ? ' ' : (char) (from + random.nextInt(of)));
    }
    return text.toString();
  }
}
