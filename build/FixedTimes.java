import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Gives all entries of a zip file the same time and the same rights, whatever the umask of whoever
 * builds, in place, so that the same sources make the same bytes: {@code java build/FixedTimes.java
 * some.jar}. The offsets are those of PKWARE's APPNOTE 6.3.
 */
final class FixedTimes {

  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int DIRECTORY_ENTRY = 0x02014b50;
  private static final int DIRECTORY_ENTRY_LENGTH = 46;
  private static final int LOCAL_ENTRY = 0x04034b50;

  /** Noon on 1 January 2026, as MS-DOS counts: without a time zone. */
  private static final int TIME = 12 << 11;

  private static final int DATE = (2026 - 1980) << 9 | 1 << 5 | 1;

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

  /** Where an entry has rights of Unix at all, in the upper half of its external attributes. */
  private static void setRights(ByteBuffer zip, int entry) {
    int attributes = zip.getInt(entry + 38);
    if (attributes >>> 16 != 0) {
      int nameLength = Short.toUnsignedInt(zip.getShort(entry + 28));
      boolean isFolder = zip.get(entry + DIRECTORY_ENTRY_LENGTH + nameLength - 1) == '/';
      int rights = isFolder ? FOLDER_RIGHTS : FILE_RIGHTS;
      zip.putInt(entry + 38, rights << 16 | attributes & 0xffff);
    }
  }

  private static void setTime(ByteBuffer zip, int at) {
    zip.putShort(at, (short) TIME);
    zip.putShort(at + 2, (short) DATE);
  }
}
