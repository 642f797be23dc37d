package io.github.dl4jagc.experiments.tasks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A text in pieces of 30 characters: each character is to be told from those before it. */
final class Characters {

  /** The GNU General Public License, which every Debian system has; 35 kB. */
  static final Path TEXT = Path.of("/usr/share/common-licenses/GPL-3");

  /** Printable ASCII and the line break; everything else counts as a space. */
  static final int CLASSES = 96;

  static final int LENGTH = 30;

  private Characters() {}

  /**
   * Reads a text: its first nine tenths are trained on, the rest is tested on. Features and labels
   * [n, 96, 30], one-hot.
   */
  static Data read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IOException(
          file + " cannot be read (" + e + "); Debian's package base-files has it", e);
    }
    int pieces = (text.length() - 1) / LENGTH;
    int training = pieces * 9 / 10;
    return new Data(examples(text, 0, training), examples(text, training, pieces));
  }

  private static Examples examples(String text, int first, int end) {
    INDArray features = Nd4j.create(end - first, CLASSES, LENGTH);
    INDArray labels = Nd4j.create(end - first, CLASSES, LENGTH);
    for (int piece = first; piece < end; piece++) {
      for (int step = 0; step < LENGTH; step++) {
        int at = piece * LENGTH + step;
        features.putScalar(new int[] {piece - first, number(text.charAt(at)), step}, 1);
        labels.putScalar(new int[] {piece - first, number(text.charAt(at + 1)), step}, 1);
      }
    }
    return new Examples(features, labels);
  }

  private static int number(char character) {
    if (character == '\n') {
      return CLASSES - 1;
    }
    return character < ' ' || character > '~' ? 0 : character - ' ';
  }
}
