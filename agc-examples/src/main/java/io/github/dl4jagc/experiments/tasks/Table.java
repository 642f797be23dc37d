package io.github.dl4jagc.experiments.tasks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.factory.Nd4j;

/** Bundled tables: one example a line, numbers with commas between them, the class at the end. */
final class Table {

  private Table() {}

  /**
   * Reads a table beside this class, or by its path, and splits it at random: four fifths to train
   * on, one fifth to test on. Features [n, columns], labels [n, classes].
   */
  static Data read(String resource, int headerLines, int classes, long seed) {
    List<float[]> rows;
    try (InputStream file = Table.class.getResourceAsStream(resource);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
      rows = lines.lines().skip(headerLines).map(Table::numbers).collect(Collectors.toList());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled " + resource, e);
    }
    Collections.shuffle(rows, new Random(seed));
    int trainingSize = rows.size() * 4 / 5;
    return new Data(
        examples(rows.subList(0, trainingSize), classes),
        examples(rows.subList(trainingSize, rows.size()), classes));
  }

  private static float[] numbers(String line) {
    String[] fields = line.split(",");
    float[] numbers = new float[fields.length];
    for (int i = 0; i < fields.length; i++) {
      numbers[i] = Float.parseFloat(fields[i]);
    }
    return numbers;
  }

  private static Examples examples(List<float[]> rows, int classes) {
    float[][] features = new float[rows.size()][];
    float[][] labels = new float[rows.size()][classes];
    for (int i = 0; i < features.length; i++) {
      float[] row = rows.get(i);
      features[i] = Arrays.copyOf(row, row.length - 1);
      labels[i][(int) row[row.length - 1]] = 1;
    }
    return new Examples(Nd4j.create(features), Nd4j.create(labels));
  }
}
