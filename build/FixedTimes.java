import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * Gives all entries of a zip file the same time and the same permissions, whatever the builder's umask, in place, so that the same sources make the same bytes: {@code java build/FixedTimes.java
 * some.jar}. The offsets are those of PKWARE's APPNOTE 6.3.
 */
final class FixedTimes {

  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int DIRECTORY_ENTRY = 0x02014b50;
  private static final int DIRECTORY_ENTRY_LENGTH = 46;
  private static final int LOCAL_ENTRY = 0x04034b50;
  private static final int LOCAL_ENTRY_LENGTH = 30;

  /** Info-ZIP's extended time stamp: flags and up to three times, as Unix counts. */
  private static final short EXTENDED_TIME = 0x5455;

  /** Three times, as Windows counts, after eight bytes of heads. */
  private static final short NTFS_TIMES = 0x000a;

  private static final int UNIX_TIME = (int) Instant.parse("2026-01-01T12:00:00Z").getEpochSecond();

  /** Noon on 1 January 2026, as MS-DOS counts: without a time zone. */
  private static final int TIME = 12 << 11;

  private static final int DATE = (2026 - 1980) << 9 | 1 << 5 | 1;

  private static final long WINDOWS_TIME = (UNIX_TIME + 11_644_473_600L) * 10_000_000L;

  private static final int FOLDER_RIGHTS = 040755;

  private static final int FILE_RIGHTS = 0100644;

  private FixedTimes() {}

  public static void main(String[] arguments) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer zip = file.map(MapMode.READ_WRITE, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
      int end = end(zip);
      int entries = Short.toUnsignedInt(zip.getShort(end + 10));
      int entry = zip.getInt(end + 16);
      for (int i = 0; i < entries; i++) {
        expect(zip, entry, DIRECTORY_ENTRY);
        setTime(zip, entry + 12);
        setRights(zip, entry);
        int local = zip.getInt(entry + 42);
        expect(zip, local, LOCAL_ENTRY);
        setTime(zip, local + 10);
        int localExtra =
            local
                + LOCAL_ENTRY_LENGTH
                + Short.toUnsignedInt(zip.getShort(local + 26));
        setExtraTimes(zip, localExtra, Short.toUnsignedInt(zip.getShort(local + 28)));
        int extra =
            entry
                + DIRECTORY_ENTRY_LENGTH
                + Short.toUnsignedInt(zip.getShort(entry + 28));
        setExtraTimes(zip, extra, Short.toUnsignedInt(zip.getShort(entry + 30)));
        entry +=
            DIRECTORY_ENTRY_LENGTH
                + Short.toUnsignedInt(zip.getShort(entry + 28))
                + Short.toUnsignedInt(zip.getShort(entry + 30))
                + Short.toUnsignedInt(zip.getShort(entry + 32));
      }
    }
  }

  private static int end(ByteBuffer zip) {
    for (int at = zip.limit() - END_LENGTH; at >= 0; at--) {
      if (zip.getInt(at) == END) {
        return at;
      }
    }
    throw new IllegalArgumentException("not a zip file");
  }

  private static void expect(ByteBuffer zip, int at, int signature) {
    if (zip.getInt(at) != signature) {
      throw new IllegalArgumentException("not a zip file, or one of over 4 GB: at byte " + at);
    }
  }

  /** The Unix permissions, if an entry has any, in the upper half of its external attributes. */
  private static void setRights(ByteBuffer zip, int entry) {
    int attributes = zip.getInt(entry + 38);
    if (attributes >>> 16 != 0) {
      int nameLength = Short.toUnsignedInt(zip.getShort(entry + 28));
      boolean isFolder = zip.get(entry + DIRECTORY_ENTRY_LENGTH + nameLength - 1) == '/';
      int rights = isFolder ? FOLDER_RIGHTS : FILE_RIGHTS;
      zip.putInt(entry + 38, rights << 16 | attributes & 0xffff);
    }
  }

  private static void setExtraTimes(ByteBuffer zip, int start, int length) {
    int end = start + length;
    int at = start;
    while (at + 4 <= end) {
      int size = Short.toUnsignedInt(zip.getShort(at + 2));
      int next = at + 4 + size;
      if (zip.getShort(at) == EXTENDED_TIME) {
        for (int time = at + 5; time + 4 <= next; time += 4) {
          zip.putInt(time, UNIX_TIME);
        }
      } else if (zip.getShort(at) == NTFS_TIMES) {
        for (int time = at + 12; time + 8 <= next; time += 8) {
          zip.putLong(time, WINDOWS_TIME);
        }
      }
      at = next;
    }
  }

  private static void setTime(ByteBuffer zip, int at) {
    zip.putShort(at, (short) TIME);
    zip.putShort(at + 2, (short) DATE);
  }
}
