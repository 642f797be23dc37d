package io.github.dl4jagc.experiments.tasks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.nd4j.linalg.learning.config.IUpdater;

/** A network, what it learns, and how long and in what minibatches unless told otherwise. */
public enum Network {
  /** A residual network without normalisation, on the digits. */
  DIGITS(ResidualNetwork::configuration, folder -> Digits.images(), 32, 3),

  /** Dense layers. */
  DENSE5(dense(5), folder -> Digits.rows(), 32, 10),
  DENSE10(dense(10), folder -> Digits.rows(), 32, 10),
  DENSE20(dense(20), folder -> Digits.rows(), 32, 10),

  /** Three dense layers, on pixels of mean 0 and variance 1. */
  DENSE3(dense(3), folder -> Digits.rows().standardized(0, 1), 32, 5),

  /** On pixels far from 0, so that biases matter. */
  DENSE3_UNCENTRED(dense(3), folder -> Digits.rows().map(pixels -> pixels.mul(16).addi(3)), 32, 5),

  /** Two LSTMs over the digits' rows. */
  LSTM(Stacks::digitsLstm, folder -> Digits.sequences(), 32, 5),

  /** An LSTM that guesses the next character of a text. */
  CHARACTERS(Stacks::characterLstm, folder -> Characters.read(Characters.TEXT), 32, 7),

  /** Three dense layers on the 30 measures of Wisconsin's breast cancer data. */
  TABULAR(
      (updater, seed) -> Stacks.dense(30, 3, 32, 2, updater, seed),
      folder -> Table.read("breast-cancer.csv.gz", 1, 2, Data.SPLIT_SEED).standardized(0),
      16,
      10),

  /** A small NF-ResNet on the digits; the same size with batch normalisation; without either. */
  DIGITS_NF(ResNets.NF::ofDigits, folder -> standardizedDigits(), 256, 20),
  DIGITS_BATCH_NORM(ResNets.BATCH_NORM::ofDigits, folder -> standardizedDigits(), 256, 20),
  DIGITS_PLAIN(ResNets.PLAIN::ofDigits, folder -> standardizedDigits(), 256, 20),

  /** Smaller ones on Fashion-MNIST. */
  FASHION_NF(ResNets.NF::ofFashion, FashionMnist::read, 256, 5),
  FASHION_BATCH_NORM(ResNets.BATCH_NORM::ofFashion, FashionMnist::read, 256, 5),
  FASHION_PLAIN(ResNets.PLAIN::ofFashion, FashionMnist::read, 256, 5);

  private final Configuration configuration;
  private final Source source;
  private final int batchSize;
  private final int epochs;

  Network(Configuration configuration, Source source, int batchSize, int epochs) {
    this.configuration = configuration;
    this.source = source;
    this.batchSize = batchSize;
    this.epochs = epochs;
  }

  private static Configuration dense(int layers) {
    return (updater, seed) ->
        Stacks.dense(Digits.SIDE * Digits.SIDE, layers, 64, Digits.CLASSES, updater, seed);
  }

  private static Data standardizedDigits() {
    return Digits.images().standardized(0, 1, 2, 3);
  }

  /** The network; equal seeds give equal initial weights, whatever the updater. */
  public ComputationGraphConfiguration configuration(IUpdater updater, long seed) {
    return configuration.of(updater, seed);
  }

  /** What the network learns; the message of an IOException is for the user. */
  public Data data(Path fashion) throws IOException {
    return source.read(fashion);
  }

  /** {@return the size of the usual minibatch} */
  public int batchSize() {
    return batchSize;
  }

  /** {@return the passes over the training part of a usual run} */
  public int epochs() {
    return epochs;
  }

  /** {@return the share of the test part that is of the most frequent class, to two digits} */
  public double guessing() {
    return this == TABULAR ? 0.63 : this == CHARACTERS ? 0.17 : 0.1;
  }

  /** {@return whether it is normalised: what others are compared with, trained without clipping} */
  public boolean isReference() {
    return this == DIGITS_BATCH_NORM || this == FASHION_BATCH_NORM;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private interface Configuration {
    ComputationGraphConfiguration of(IUpdater updater, long seed);
  }

  private interface Source {
    Data read(Path fashion) throws IOException;
  }
}
