package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReceivedTextTest {
  @Test
  void choicesThatTakeTurnsAreCountedApart() {
    var text = new ReceivedText();
    text.add(0, "Hel");
    text.add(1, "Wor");
    text.add(0, "lo");
    text.add(1, "ld");
    assertEquals(2, text.tokens(all -> all.length() == 5 ? 1 : 100));
  }

  @Test
  void whatIsNotKeptWeighsAsMuchAsWhatIs() {
    var text = new ReceivedText();
    var piece = "abcd".repeat(1024);
    for (int i = 0; i < 640; i++) {
      text.add(i % 2, piece);
    }
    assertEquals(640 * 1024, text.tokens(all -> all.length() / 4));
  }

  @Test
  void nothingIsNothing() {
    assertEquals(0, new ReceivedText().tokens(all -> 7));
  }
}
