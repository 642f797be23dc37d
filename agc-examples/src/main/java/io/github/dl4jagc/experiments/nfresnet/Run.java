package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.models.NfResNet;
import java.io.Serializable;
import java.util.OptionalDouble;
import org.nd4j.linalg.learning.config.IUpdater;

/** What one training run is given: a network, AGC or not, a batch size and a seed. */
final class Run implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The first convolution of an {@link NfResNet}. */
  static final String STEM = "stem";

  /** The networks that are compared. */
  enum Network {
    /** With batch normalisation. */
    BATCH_NORM("batch-norm", "batch norm", false),
    /** An NF-ResNet. */
    NF("nf", "NF", false),
    /** An NF-ResNet with AGC. */
    NF_AGC("nf-agc", "NF", true),
    /** Without normalisation and without anything in its place. */
    PLAIN("plain", "plain", false),
    /** The same with AGC. */
    PLAIN_AGC("plain-agc", "plain", true);

    private final String option;
    private final String label;
    private final boolean agc;

    Network(String option, String label, boolean agc) {
      this.option = option;
      this.label = label;
      this.agc = agc;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
      return option;
    }
  }

  /** What AGC does with the learned scales of an NF-ResNet's residual branches. */
  enum Scales {
    CLIPPED("clipped", Excluded.OUTPUT),
    FREE("free", Excluded.SCALES);

    private final String option;
    private final Excluded excluded;

    Scales(String option, Excluded excluded) {
      this.option = option;
      this.excluded = excluded;
    }

    /** What is left alone then. */
    Excluded excluded() {
      return excluded;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
      return option;
    }
  }

  /** The layers that AGC leaves alone. */
  enum Excluded {
    NONE("nothing", false, false, false),
    OUTPUT("output layer", true, false, false),
    STEM("first convolution", false, true, false),
    BOTH("output layer, first convolution", true, true, false),
    SCALES("output layer, residual scales", true, false, true);

    private final String label;
    private final boolean output;
    private final boolean stem;
    private final boolean scales;

    Excluded(String label, boolean output, boolean stem, boolean scales) {
      this.label = label;
      this.output = output;
      this.stem = stem;
      this.scales = scales;
    }

    /** What is left alone, in words. */
    String label() {
      return label;
    }
  }

  private final Network network;

  /** 0 without AGC: checkpoints hold it. */
  private final double threshold;

  private final Excluded excluded;
  private final int batchSize;
  private final long seed;

  private Run(Network network, double threshold, Excluded excluded, int batchSize, long seed) {
    this.network = network;
    this.threshold = threshold;
    this.excluded = excluded;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** Without AGC. */
  static Run plain(Network network, int batchSize, long seed) {
    return new Run(network, 0, Excluded.NONE, batchSize, seed);
  }

  /** With AGC. */
  static Run agc(Network network, double threshold, Excluded excluded, int batchSize, long seed) {
    return new Run(network, threshold, excluded, batchSize, seed);
  }

  /** AGC around {@code inner} if the run is to have it. */
  IUpdater updater(IUpdater inner) {
    if (!hasAgc()) {
      return inner;
    }
    AgcGradientNormalization.Builder agc =
        AgcGradientNormalization.builder(inner)
            .clippingThreshold(threshold)
            .excludeOutputLayer(excluded.output);
    return (excluded.stem ? agc.excludeLayers(STEM) : agc).build();
  }

  /** The updater of the residual scales: {@code inner} alone if AGC is to leave them alone. */
  IUpdater scaleUpdater(IUpdater inner) {
    return excluded.scales ? inner : updater(inner);
  }

  Network network() {
    return network;
  }

  /** The clipping threshold; empty without AGC. */
  OptionalDouble threshold() {
    return hasAgc() ? OptionalDouble.of(threshold) : OptionalDouble.empty();
  }

  private boolean hasAgc() {
    return network.agc;
  }

  Excluded excluded() {
    return excluded;
  }

  int batchSize() {
    return batchSize;
  }

  long seed() {
    return seed;
  }

  /** The network and the threshold, as in {@code NF + AGC 0.01}, or {@code .., free scales}. */
  String candidate() {
    return candidate(" ", ", ");
  }

  /** The same in lines, for the head of a column. */
  String candidateHeader() {
    return candidate("\n", "\n");
  }

  private String candidate(String space, String comma) {
    String label = network.label.replace(" ", space);
    return hasAgc()
        ? label
            + " + AGC"
            + space
            + Text.number(threshold)
            + (excluded.scales ? comma + "free scales" : "")
        : label;
  }

  /** Whether it is part of the comparison of networks, and not of the excluded layers alone. */
  boolean isCompared() {
    return !hasAgc() || excluded == Excluded.OUTPUT || excluded == Excluded.SCALES;
  }

  /** Tells runs of one experiment apart. */
  String id() {
    return String.join(
        "/",
        network.name(),
        Text.number(threshold),
        excluded.name(),
        String.valueOf(batchSize),
        String.valueOf(seed));
  }

  /**
   * The run of an {@link #id()}.
   *
   * @throws IllegalArgumentException if no run has it
   */
  static Run of(String id) {
    String[] parts = id.split("/", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("A run's id must have 5 parts, got '" + id + "'");
    }
    return new Run(
        Network.valueOf(parts[0]),
        Double.parseDouble(parts[1]),
        Excluded.valueOf(parts[2]),
        Integer.parseInt(parts[3]),
        Long.parseLong(parts[4]));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Run && ((Run) other).id().equals(id());
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return candidate() + ", batch " + batchSize + ", seed " + seed;
  }
}
