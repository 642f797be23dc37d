package io.github.dl4jagc.experiments.tasks;

/**
 * 1797 real handwritten digits of 8x8 pixels, split at random into 1437 to train on and 360 to test
 * on.
 *
 * <p>The data are the test part of <i>Optical Recognition of Handwritten Digits</i> (E. Alpaydin,
 * C. Kaynak, 1998, UCI Machine Learning Repository, CC BY 4.0), as distributed with scikit-learn:
 * one digit a line, 64 pixel values from 0 to 16, row by row, then the label.
 */
public final class Digits {

  /** Height and width of a digit, in pixels. */
  public static final int SIDE = 8;

  /** The digits 0 to 9. */
  public static final int CLASSES = 10;

  /** How many digits are trained on: four fifths of all. */
  public static final int TRAINING_SIZE = 1437;

  private static final double BRIGHTEST = 16;

  private Digits() {}

  /** Images [n, 1, 8, 8] in [0, 1] and one-hot labels [n, 10], split by this seed. */
  public static Data load(long seed) {
    return Table.read("/io/github/dl4jagc/examples/digits.csv.gz", 0, CLASSES, seed)
        .map(pixels -> pixels.div(BRIGHTEST).reshape('c', pixels.size(0), 1, SIDE, SIDE));
  }

  /** The split of all experiments, images [n, 1, 8, 8] in [0, 1]. */
  static Data images() {
    return load(Data.SPLIT_SEED);
  }

  /** The same as rows of pixels, [n, 64]. */
  static Data rows() {
    return images().map(images -> images.reshape('c', images.size(0), SIDE * SIDE));
  }

  /** The same as sequences: a step for each row of an image, [n, pixels of a row, rows]. */
  static Data sequences() {
    return images().map(images -> images.reshape('c', images.size(0), SIDE, SIDE).permute(0, 2, 1));
  }
}
