package io.github.dl4jagc.examples.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The folder that the results are written to. */
public final class OutputFolder {

  private final Path folder;

  private OutputFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Creates the folder if it does not exist.
   *
   * @param path of the folder
   * @param files the names of those that will be written
   * @return the folder
   * @throws IOException if these files cannot be in it: better known before the training than after
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
    return new OutputFolder(absolute);
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
   * @param content its bytes
   * @throws IOException if it cannot be written
   */
  public void write(String name, byte[] content) throws IOException {
    Path part = file(name + ".part");
    Files.write(part, content);
    replace(part, name);
  }

  /**
   * Writes a text file as {@link #write(String, byte[])} does, in UTF-8.
   *
   * @param name the file's name
   * @param content its text
   * @throws IOException if it cannot be written
   */
  public void write(String name, String content) throws IOException {
    write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Moves a file that is complete into the place of one of the same name.
   *
   * @param complete a file on the same file system
   * @param name what it is to be called in this folder
   * @throws IOException if it cannot be moved
   */
  public void replace(Path complete, String name) throws IOException {
    Files.move(
        complete, file(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
