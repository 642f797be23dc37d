package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.experiments.support.Examples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

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

  private static final String RESOURCE = "digits.csv.gz";
  private static final int PIXELS = SIDE * SIDE;
  private static final float BRIGHTEST = 16f;

  private final Examples training;
  private final Examples test;

  private Digits(List<int[]> training, List<int[]> test) {
    this.training = examples(training);
    this.test = examples(test);
  }

  /**
   * Reads and splits the digits.
   *
   * @param seed of the split: equal seeds give equal splits
   * @return the digits
   */
  public static Digits load(long seed) {
    List<int[]> all = read();
    Collections.shuffle(all, new Random(seed));
    return new Digits(all.subList(0, TRAINING_SIZE), all.subList(TRAINING_SIZE, all.size()));
  }

  /**
   * How many digits the test part has.
   *
   * @return the number
   */
  public int testSize() {
    return test.size();
  }

  /**
   * The test part, in one piece.
   *
   * @return images [n, 1, 8, 8] in [0, 1] and one-hot labels [n, 10]
   */
  public DataSet test() {
    return test.pieces(test.size()).get(0);
  }

  /**
   * The training part in a random order, cut into minibatches; the last one may be smaller.
   *
   * @param batchSize examples in a minibatch
   * @param seed of the order
   * @return images [n, 1, 8, 8] in [0, 1] and one-hot labels [n, 10]
   */
  public List<DataSet> minibatches(int batchSize, long seed) {
    return training.minibatches(batchSize, seed);
  }

  private static List<int[]> read() {
    try (InputStream file = Digits.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
      List<int[]> digits = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(",");
        int[] digit = new int[PIXELS + 1];
        for (int i = 0; i < digit.length; i++) {
          digit[i] = Integer.parseInt(fields[i]);
        }
        digits.add(digit);
      }
      return digits;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled " + RESOURCE, e);
    }
  }

  /** Pixels scaled to [0, 1] as [n, 1, 8, 8], labels one-hot as [n, 10]. */
  private static Examples examples(List<int[]> digits) {
    int count = digits.size();
    float[] pixels = new float[count * PIXELS];
    float[] labels = new float[count * CLASSES];
    for (int i = 0; i < count; i++) {
      int[] digit = digits.get(i);
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        pixels[i * PIXELS + pixel] = digit[pixel] / BRIGHTEST;
      }
      labels[i * CLASSES + digit[PIXELS]] = 1;
    }
    return new Examples(
        Nd4j.create(pixels, new long[] {count, 1, SIDE, SIDE}, 'c'),
        Nd4j.create(labels, new long[] {count, CLASSES}, 'c'));
  }
}
