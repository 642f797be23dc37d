package io.github.dl4jagc.experiments;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The folder that the results are written to, by one program at a time: an empty file {@value
 * #LOCK} in it is locked until the folder is closed or the program ends. The file stays.
 */
final class OutputFolder implements Closeable {

  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lock;

  private OutputFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Creates the folder if it does not exist. If these files cannot be in it, that is better known
   * before the training than after.
   */
  static OutputFolder open(Path path, String... files) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    if (path.toString().isEmpty()) {
      throw new IOException("it has no name");
    }
    try {
      Files.createDirectories(absolute);
      Files.delete(Files.createTempFile(absolute, "agc", ".tmp"));
    } catch (FileSystemException e) {
      // Its message alone is no more than the path.
      throw new IOException(e.toString(), e);
    }
    for (String file : files) {
      requireWritableFile(absolute.resolve(file));
    }
    return new OutputFolder(absolute, lock(absolute));
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // The other program is in this very JVM.
    }
    channel.close();
    throw new IOException("another program is writing to it");
  }

  private static void requireWritableFile(Path file) throws IOException {
    if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
      throw new IOException("its " + file.getFileName() + " cannot be overwritten");
    }
  }

  /** The path of a file in the folder. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Writes a text file in place of one of the same name. Whoever reads it sees the old one or the
   * new one, never a part.
   */
  void write(String name, String content) throws IOException {
    Path part = file(name + ".part");
    try {
      Files.writeString(part, content);
      Files.move(
          part, file(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      part.toFile().delete(); // where a disk is full, each byte counts
      throw new IOException("Cannot write " + file(name) + " (" + e + ")", e);
    }
  }

  /** Lets other programs write to the folder. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
