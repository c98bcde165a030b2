package dev.chatgate.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses as servers do, piece by piece. */
public final class Compressed {
  /** The formats that go under the two names. */
  public enum Format {
    GZIP("gzip"),
    X_GZIP("x-gzip"),
    ZLIB("deflate"),
    RAW("deflate");

    public final String coding;

    Format(String coding) {
      this.coding = coding;
    }

    public boolean isGzip() {
      return this == GZIP || this == X_GZIP;
    }
  }

  private final Format format;
  private final Deflater deflater;
  private final CRC32 checksum = new CRC32();
  private int length;
  private boolean begun;

  public Compressed(Format format) {
    this.format = format;
    this.deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, format != Format.ZLIB);
  }

  public static byte[] whole(Format format, String text) {
    var compressed = new Compressed(format);
    var out = new ByteArrayOutputStream();
    out.writeBytes(compressed.piece(text.getBytes(StandardCharsets.UTF_8)));
    out.writeBytes(compressed.end());
    return out.toByteArray();
  }

  /** All of the piece can be decoded from what has been returned so far. */
  public byte[] piece(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    if (!begun && format.isGzip()) {
      out.writeBytes(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3});
    }
    begun = true;
    checksum.update(bytes);
    length += bytes.length;
    deflater.setInput(bytes);
    deflate(out, Deflater.SYNC_FLUSH);
    return out.toByteArray();
  }

  public byte[] end() {
    var out = new ByteArrayOutputStream();
    deflater.finish();
    deflate(out, Deflater.NO_FLUSH);
    deflater.end();
    if (format.isGzip()) {
      little(out, (int) checksum.getValue());
      little(out, length);
    }
    return out.toByteArray();
  }

  private void deflate(ByteArrayOutputStream out, int flush) {
    var buffer = new byte[4096];
    int came = deflater.deflate(buffer, 0, buffer.length, flush);
    while (came > 0) {
      out.write(buffer, 0, came);
      came = deflater.deflate(buffer, 0, buffer.length, flush);
    }
  }

  private static void little(ByteArrayOutputStream out, int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }
}
