package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {
  @ParameterizedTest
  @CsvSource({
    "'', IDENTITY",
    "identity, IDENTITY",
    "'identity, Identity', IDENTITY",
    "gzip, GZIP",
    "' GZip ', GZIP",
    "x-gzip, GZIP",
    "'identity, gzip', GZIP",
    "'gzip,', GZIP",
    "deflate, DEFLATE",
    "'gzip, gzip', UNREADABLE",
    "'deflate, gzip', UNREADABLE",
    "br, UNREADABLE",
    "'br, identity', UNREADABLE",
    "zstd, UNREADABLE",
    "compress, UNREADABLE",
    "gzip;q=1, UNREADABLE",
  })
  void aHeaderNamesOneCodingThatCanBeRead(String value, ContentCoding coding) {
    assertEquals(coding, ContentCoding.of(List.of(value)));
  }

  @ParameterizedTest
  @CsvSource({"gzip, gzip, UNREADABLE", "identity, gzip, GZIP", "br, gzip, UNREADABLE"})
  void headersThatAreRepeatedAreOneList(String first, String second, ContentCoding coding) {
    assertEquals(coding, ContentCoding.of(List.of(first, second)));
  }
}
