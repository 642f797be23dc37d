package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One cell of a grid with one seed: everything that what comes out depends on. */
final class Run implements Comparable<Run> {

  /** The names of what {@link #csv()} has. */
  static final String HEADER =
      "network,updater,clipping,learning_rate,schedule,batch_size,epochs,seed";

  static final int FIELDS = HEADER.split(",").length;

  private static final Comparator<Run> ORDER =
      Comparator.<Run, Network>comparing(run -> run.network)
          .thenComparing(run -> run.updater)
          .thenComparing(run -> run.schedule)
          .thenComparing(run -> run.batchSize)
          .thenComparing(run -> run.epochs)
          .thenComparing(run -> run.learningRate)
          .thenComparing(run -> run.clipping)
          .thenComparing(run -> run.seed);

  final Network network;
  final Updater updater;
  final ClippingSpec clipping;

  /** The largest of the run. */
  final double learningRate;

  final Schedule schedule;
  final int batchSize;
  final int epochs;

  /** Of the initial weights and of the order of the minibatches; from 1, as ND4J's 0 is none. */
  final long seed;

  Run(
      Network network,
      Updater updater,
      ClippingSpec clipping,
      double learningRate,
      Schedule schedule,
      int batchSize,
      int epochs,
      long seed) {
    this.network = network;
    this.updater = updater;
    this.clipping = clipping;
    this.learningRate = learningRate;
    this.schedule = schedule;
    this.batchSize = batchSize;
    this.epochs = epochs;
    this.seed = seed;
  }

  /** The run of a {@link #csv()}; an IllegalArgumentException if there is none. */
  static Run of(String... fields) {
    return new Run(
        Network.valueOf(constant(fields[0])),
        Updater.valueOf(constant(fields[1])),
        ClippingSpec.of(fields[2]),
        Double.parseDouble(fields[3]),
        Schedule.valueOf(constant(fields[4])),
        Integer.parseInt(fields[5]),
        Integer.parseInt(fields[6]),
        Long.parseLong(fields[7]));
  }

  private static String constant(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The fields of a line of results, with commas between them. */
  String csv() {
    String rate = Text.number(learningRate);
    return Stream.<Object>of(network, updater, clipping, rate, schedule, batchSize, epochs, seed)
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  /** In the order in which runs are shown. */
  @Override
  public int compareTo(Run other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Run && ((Run) other).csv().equals(csv());
  }

  @Override
  public int hashCode() {
    return csv().hashCode();
  }

  @Override
  public String toString() {
    return String.format(
        "%s, %s, %s, rate %s, batch %d, seed %d",
        network, updater, clipping, Text.number(learningRate), batchSize, seed);
  }
}
