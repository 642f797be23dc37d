package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_FILE_OF_FIGURES;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file of figures row by row. */
final class FiguresReader {

  /** What is done with each row that is read, and the place where its line begins. */
  interface RowConsumer {
    void accept(FigureRow row, long start);
  }

  private final Path path;
  private final FiguresFormat format;

  FiguresReader(Path path, FiguresFormat format) {
    this.path = path;
    this.format = format;
  }

  /**
   * Reads all complete lines; a file that does not exist has none. Empty lines, and line ends of
   * another system, are what an editor may have left: they are read as what they were.
   *
   * @return where the last complete line ends
   * @throws IllegalArgumentException if a line is not a row of figures
   * @throws IOException if the file cannot be read
   */
  long read(RowConsumer consumer) throws IOException {
    if (!Files.exists(path)) {
      return 0;
    }
    try (InputStream in = new BufferedInputStream(new FileInputStream(path.toFile()), 1 << 16)) {
      String header = format.header().trim();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long position = 0;
      long end = 0;
      long lines = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        position++;
        if (b != '\n') {
          line.write(b);
          continue;
        }
        String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
        line.reset();
        lines++;
        if (lines == 1 && !header.isEmpty()) {
          if (!text.equals(header)) {
            throw notFigures(lines, text, "the header \"" + header + "\" expected");
          }
        } else if (!text.isEmpty()) {
          consumer.accept(row(text, lines), end);
        }
        end = position;
      }
      String rest = line.toString(StandardCharsets.UTF_8);
      if (lines == 0 && !format.mayBeginWith(rest)) {
        throw notFigures(1, rest, "no figures begin like this");
      }
      return end;
    }
  }

  private FigureRow row(String text, long line) {
    try {
      FigureRow row = format.parse(text);
      if (row.network < 1 || row.iteration < 0) {
        throw new IOException("networks are counted from 1 and iterations from 0");
      }
      return row;
    } catch (IOException e) {
      throw notFigures(line, text, e.getMessage());
    }
  }

  private IllegalArgumentException notFigures(long line, String text, String why) {
    return NOT_A_FILE_OF_FIGURES.argument(
        "{} is not a file of figures in the format {}: line {} is \"{}\" ({}); give the figures a"
            + " file of their own",
        path,
        format,
        line,
        text.substring(0, Math.min(80, text.length())),
        why);
  }
}
