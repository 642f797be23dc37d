package io.github.dl4jagc.experiments.support;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The folder that the results are written to, by one program at a time: an empty file {@value
 * #LOCK} in it is locked until the folder is closed or the program ends. The file stays.
 */
public final class OutputFolder implements Closeable {

  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lock;

  private OutputFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Creates the folder if it does not exist.
   *
   * @param path of the folder
   * @param files the names of those that will be written
   * @return the folder
   * @throws IOException if these files cannot be in it, better known before the training than
   *     after; or if another program has it open
   */
  public static OutputFolder open(Path path, String... files) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    if (path.toString().isEmpty()) {
      throw new IOException("it has no name");
    }
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new IOException("it is a file");
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
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // The other program is in this very JVM.
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new IOException("another program is writing to it");
    }
    return channel;
  }

  private static void requireWritableFile(Path file) throws IOException {
    if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
      throw new IOException("its " + file.getFileName() + " cannot be overwritten");
    }
  }

  /**
   * A file in the folder.
   *
   * @param name the file's name
   * @return its absolute path
   */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Writes a file, in place of one of the same name. Whoever reads it sees the old one or the new
   * one, never a part.
   *
   * @param name the file's name
   * @param content writes the bytes
   * @throws IOException if it cannot be written; its message is for the user
   */
  public void write(String name, Content content) throws IOException {
    Path part = file(name + ".part");
    try {
      content.writeTo(part);
      Files.move(
          part, file(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) { // DL4J hides the first in the second
      part.toFile().delete(); // where a disk is full, each byte counts
      throw new IOException("Cannot write " + file(name) + " (" + e + ")", e);
    }
  }

  /**
   * Writes a text file as {@link #write(String, Content)} does, in UTF-8.
   *
   * @param name the file's name
   * @param content its text
   * @throws IOException if it cannot be written; its message is for the user
   */
  public void write(String name, String content) throws IOException {
    write(name, part -> Files.writeString(part, content, StandardCharsets.UTF_8));
  }

  /**
   * Writes a file as {@link #write(String, Content)} does.
   *
   * @param name the file's name
   * @param content its bytes
   * @throws IOException if it cannot be written; its message is for the user
   */
  public void write(String name, byte[] content) throws IOException {
    write(name, part -> Files.write(part, content));
  }

  /** What is to be in a file. */
  @FunctionalInterface
  public interface Content {

    /**
     * Writes it.
     *
     * @param file what to write, from its beginning
     * @throws IOException if it cannot be written
     */
    void writeTo(Path file) throws IOException;
  }

  /** Lets other programs write to the folder. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
