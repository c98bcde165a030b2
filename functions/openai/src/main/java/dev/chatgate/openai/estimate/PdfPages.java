package dev.chatgate.openai.estimate;

/**
 * The number of pages of a PDF: its page objects, as far as they can be seen. Most programs write
 * them in the clear; where they are inside compressed object streams (PDF 1.5), the bytes tell,
 * {@value #BYTES_PER_PAGE} a page: text that is set by TeX takes 15 to 20 kB a page with its fonts.
 */
public final class PdfPages {
  static final int BYTES_PER_PAGE = 16 * 1024;

  /** No page is believed to take more: so a few visible pages cannot hide many. */
  private static final int MAX_BYTES_PER_PAGE = 1024 * 1024;

  private PdfPages() {}

  static long count(Base64Text pdf) {
    long seen = 0;
    for (int at = pdf.find("/Type", 0, pdf.length());
        at >= 0;
        at = pdf.find("/Type", at + 5, pdf.length())) {
      seen += isPage(pdf, at + 5) ? 1 : 0;
    }
    int bytes = pdf.length();
    return Math.max(seen, Math.ceilDiv(bytes, seen == 0 ? BYTES_PER_PAGE : MAX_BYTES_PER_PAGE));
  }

  private static boolean isPage(Base64Text pdf, int from) {
    int at = from;
    while (Character.isWhitespace(pdf.at(at))) {
      at++;
    }
    return pdf.has(at, "/Page") && !Character.isLetter(Math.max(0, pdf.at(at + 5)));
  }
}
