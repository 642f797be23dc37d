package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.check.JsonFields;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The options of adaptive gradient clipping, without an updater: what {@link Agc#apply(
 * org.deeplearning4j.nn.api.Model, AgcSettings)} and {@code AgcGradientNormalization.wrap} take,
 * and what an {@link AgcGradientNormalization} has besides its inner updater.
 *
 * <pre>{@code
 * AgcSettings settings = AgcSettings.builder().clippingThreshold(0.02).excludeOutputLayer(true).build();
 * }</pre>
 *
 * <p>Immutable. Settings are equal if all options are.
 *
 * @serial exclude
 */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE)
public final class AgcSettings implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Default clipping threshold, {@value}: the paper's for batch sizes of 1024 to 4096. */
  public static final double DEFAULT_CLIPPING_THRESHOLD = 0.01;

  /** Default floor of the weight norm, {@value}: the paper's. */
  public static final double DEFAULT_EPSILON = 1e-3;

  /** Default policy for units whose norms are NaN or infinite. */
  public static final NonFiniteGradients DEFAULT_NON_FINITE_GRADIENTS =
      NonFiniteGradients.PASS_THROUGH;

  /** Version of the format in JSON; the first one, of version 0.1.0, has no version. */
  private static final int FORMAT = 2;

  private static final String FORMAT_VERSION = "formatVersion";

  private static final List<String> FIELDS_OF_FIRST_FORMAT =
      List.of(
          "inner",
          "clippingThreshold",
          "clippingThresholdSchedule",
          "epsilon",
          "excludeOutputLayer",
          "excludeLayers",
          "nonFiniteGradients");

  private static final List<String> FURTHER_FIELDS =
      List.of(
          FORMAT_VERSION,
          "observeOnly",
          "startIteration",
          "excludeKinds",
          "excludeOutputWeights",
          "weightDecay");

  /** A number is a {@link FixedSchedule}. */
  @JsonIgnore private final ISchedule clippingThreshold;

  private final double epsilon;
  private final boolean excludeOutputLayer;
  private final ArrayList<String> excludeLayers;
  private final NonFiniteGradients nonFiniteGradients;
  private final boolean observeOnly;
  private final int startIteration;
  private final EnumSet<ParameterKind> excludeKinds;
  private final boolean excludeOutputWeights;
  private final double weightDecay;

  private AgcSettings(Builder builder) {
    this.clippingThreshold = builder.clippingThreshold;
    this.epsilon = builder.epsilon;
    this.excludeOutputLayer = builder.excludeOutputLayer;
    this.excludeLayers = new ArrayList<>(builder.excludeLayers);
    this.nonFiniteGradients = builder.nonFiniteGradients;
    this.observeOnly = builder.observeOnly;
    this.startIteration = builder.startIteration;
    this.excludeKinds = EnumSet.copyOf(builder.excludeKinds);
    this.excludeOutputWeights = builder.excludeOutputWeights;
    this.weightDecay = builder.weightDecay;
  }

  /** For configurations that are read from JSON; also reads those of version 0.1.0. */
  static AgcSettings fromJson(JsonFields json) {
    boolean first = !json.hasFormat(FORMAT_VERSION, FORMAT);
    json.requireNoneBut(FIELDS_OF_FIRST_FORMAT, first ? List.of() : FURTHER_FIELDS);
    Builder settings =
        builder()
            .epsilon(json.number("epsilon"))
            .excludeOutputLayer(json.truth("excludeOutputLayer"))
            .excludeLayers(json.names("excludeLayers"))
            .nonFiniteGradients(json.constant("nonFiniteGradients", NonFiniteGradients.class));
    if (!json.has("clippingThresholdSchedule")) {
      settings.clippingThreshold(json.number("clippingThreshold"));
    } else if (json.has("clippingThreshold")
        && json.number("clippingThreshold") != DEFAULT_CLIPPING_THRESHOLD) { // is always written
      throw JsonFields.complaint(
          "must have one threshold, got the clippingThreshold {} beside a"
              + " clippingThresholdSchedule",
          json.number("clippingThreshold"));
    } else {
      settings.clippingThreshold(json.object("clippingThresholdSchedule", ISchedule.class));
    }
    if (!first) {
      settings
          .observeOnly(json.truth("observeOnly"))
          .startIteration(json.integer("startIteration"))
          .excludeKinds(json.constants("excludeKinds", ParameterKind.class))
          .excludeOutputWeights(json.truth("excludeOutputWeights"))
          .weightDecay(json.number("weightDecay"));
    }
    return settings.build();
  }

  /**
   * Starts settings.
   *
   * @return a builder with the defaults of all options
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The clipping threshold at an iteration.
   *
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @return the threshold, finite and greater than zero
   * @throws IllegalArgumentException if a schedule gives anything else
   */
  public double clippingThreshold(int iteration, int epoch) {
    if (isFixed()) {
      return clippingThreshold.valueAt(iteration, epoch);
    }
    return Checks.clippingThreshold(
        clippingThreshold.valueAt(iteration, epoch),
        () ->
            "clippingThreshold at iteration "
                + iteration
                + ", epoch "
                + epoch
                + " from "
                + clippingThreshold);
  }

  private boolean isFixed() {
    return clippingThreshold instanceof FixedSchedule;
  }

  /** {@return the floor of the weight norm} */
  public double epsilon() {
    return epsilon;
  }

  /**
   * {@return whether every parameter of the final layer or layers with parameters is left alone}
   */
  public boolean excludesOutputLayer() {
    return excludeOutputLayer;
  }

  /** {@return whether the weights of the final layer or layers with parameters are left alone} */
  public boolean excludesOutputWeights() {
    return excludeOutputWeights;
  }

  /** {@return the kinds of parameters that are left alone} */
  public Set<ParameterKind> excludedKinds() {
    return Collections.unmodifiableSet(excludeKinds);
  }

  /** {@return the names of the layers that are left alone, and the patterns of such names} */
  public List<String> excludedLayers() {
    return List.copyOf(excludeLayers);
  }

  /** {@return what is done with units whose norms are NaN or infinite} */
  public NonFiniteGradients nonFiniteGradients() {
    return nonFiniteGradients;
  }

  /** {@return whether nothing is ever scaled, only counted} */
  public boolean observesOnly() {
    return observeOnly;
  }

  /** {@return the first iteration, from 0, whose gradients are scaled} */
  public int startIteration() {
    return startIteration;
  }

  /** {@return the coefficient of the weights that are added to the clipped gradient; 0: none} */
  public double weightDecay() {
    return weightDecay;
  }

  /** In JSON; with a schedule, the default. */
  @JsonProperty("clippingThreshold")
  private double thresholdInJson() {
    return isFixed() ? clippingThreshold.valueAt(0, 0) : DEFAULT_CLIPPING_THRESHOLD;
  }

  @JsonProperty(FORMAT_VERSION)
  private int formatInJson() {
    return FORMAT;
  }

  /** In JSON, if it is no number. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty("clippingThresholdSchedule")
  private ISchedule scheduleInJson() {
    return isFixed() ? null : clippingThreshold;
  }

  private List<Object> options() {
    return List.of(
        clippingThreshold,
        epsilon,
        excludeOutputLayer,
        excludeLayers,
        nonFiniteGradients,
        observeOnly,
        startIteration,
        excludeKinds,
        excludeOutputWeights,
        weightDecay);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AgcSettings && options().equals(((AgcSettings) other).options());
  }

  @Override
  public int hashCode() {
    return options().hashCode();
  }

  @Override
  public String toString() {
    return "clippingThreshold="
        + (isFixed() ? clippingThreshold.valueAt(0, 0) : clippingThreshold)
        + ", epsilon="
        + epsilon
        + ", excludeOutputLayer="
        + excludeOutputLayer
        + ", excludeLayers="
        + excludeLayers
        + ", nonFiniteGradients="
        + nonFiniteGradients
        + ", observeOnly="
        + observeOnly
        + ", startIteration="
        + startIteration
        + ", excludeKinds="
        + excludeKinds
        + ", excludeOutputWeights="
        + excludeOutputWeights
        + ", weightDecay="
        + weightDecay;
  }

  /** Options of {@link AgcSettings}; each is checked where it is set. */
  public static final class Builder {

    private ISchedule clippingThreshold = new FixedSchedule(DEFAULT_CLIPPING_THRESHOLD);
    private double epsilon = DEFAULT_EPSILON;
    private boolean excludeOutputLayer;
    private List<String> excludeLayers = List.of();
    private NonFiniteGradients nonFiniteGradients = DEFAULT_NON_FINITE_GRADIENTS;
    private boolean observeOnly;
    private int startIteration;
    private EnumSet<ParameterKind> excludeKinds = EnumSet.noneOf(ParameterKind.class);
    private boolean excludeOutputWeights;
    private double weightDecay;

    private Builder() {}

    /**
     * The largest ratio of gradient norm to weight norm that is left alone.
     *
     * @param clippingThreshold finite and greater than zero; default {@value
     *     AgcSettings#DEFAULT_CLIPPING_THRESHOLD}. The paper uses 0.01 for batch sizes of 1024 to
     *     4096 and finds larger values, up to 0.16, better for small batches
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder clippingThreshold(double clippingThreshold) {
      this.clippingThreshold = new FixedSchedule(Checks.clippingThreshold(clippingThreshold));
      return this;
    }

    /**
     * A threshold that changes with the iteration or the epoch.
     *
     * @param clippingThreshold gives values that are finite and greater than zero; checked at each
     *     iteration
     * @return this
     * @throws IllegalArgumentException if it is null, or gives a bad value at iteration 0
     */
    public Builder clippingThreshold(ISchedule clippingThreshold) {
      if (clippingThreshold == null) {
        throw BAD_ARGUMENT.argument("clippingThreshold must be a number or a schedule, got null");
      }
      Checks.clippingThreshold(
          clippingThreshold.valueAt(0, 0), () -> "clippingThreshold at iteration 0, epoch 0");
      this.clippingThreshold = clippingThreshold;
      return this;
    }

    /**
     * The floor of the weight norm, so that parameters that are zero (every bias at the start) can
     * move.
     *
     * @param epsilon finite and not negative; default {@value AgcSettings#DEFAULT_EPSILON}. With 0,
     *     as in MosaicML Composer, a parameter that is zero stays zero for ever
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = Checks.epsilon(epsilon);
      return this;
    }

    /**
     * Whether to leave the final layer alone, as the paper says.
     *
     * @param excludeOutputLayer with true, no parameter is clipped of the last layer with
     *     parameters, or in a ComputationGraph of the last ones before each network output; default
     *     false
     * @return this
     */
    public Builder excludeOutputLayer(boolean excludeOutputLayer) {
      this.excludeOutputLayer = excludeOutputLayer;
      return this;
    }

    /**
     * Layers to leave alone.
     *
     * <pre>{@code
     * .excludeLayers("stem", "block?/conv*")
     * }</pre>
     *
     * @param layerNames layer names (in a ComputationGraph: vertex names; in SameDiff: variable
     *     names), or patterns of such names: {@code *} stands for any characters, none and {@code
     *     /} included, and {@code ?} for any one character. A name that the network has is that
     *     name and no pattern. One that means no layer of the network is an error when the updater
     *     is bound; default none
     * @return this
     * @throws IllegalArgumentException if a name is null
     */
    public Builder excludeLayers(String... layerNames) {
      for (String name : layerNames) {
        if (name == null) {
          throw UNKNOWN_NAME.argument("excludeLayers must be layer names, got null");
        }
      }
      this.excludeLayers = List.of(layerNames);
      return this;
    }

    /**
     * Kinds of parameters to leave alone, in every layer.
     *
     * @param kinds such as {@link ParameterKind#BIAS}; default none
     * @return this
     * @throws IllegalArgumentException if a kind is null
     */
    public Builder excludeKinds(ParameterKind... kinds) {
      EnumSet<ParameterKind> excluded = EnumSet.noneOf(ParameterKind.class);
      for (ParameterKind kind : kinds) {
        if (kind == null) {
          throw BAD_ARGUMENT.argument(
              "excludeKinds must be of {}, got null", EnumSet.allOf(ParameterKind.class));
        }
        excluded.add(kind);
      }
      this.excludeKinds = excluded;
      return this;
    }

    /**
     * Whether to leave the weights of the final layer alone and clip its bias, as the paper's own
     * code does.
     *
     * @param excludeOutputWeights with true, no {@link ParameterKind#WEIGHT} is clipped of the
     *     layers that {@link #excludeOutputLayer} means, but the rest of their parameters is;
     *     default false
     * @return this
     */
    public Builder excludeOutputWeights(boolean excludeOutputWeights) {
      this.excludeOutputWeights = excludeOutputWeights;
      return this;
    }

    /**
     * What to do with a unit whose norms are NaN or infinite.
     *
     * @param nonFiniteGradients the policy; default {@link NonFiniteGradients#PASS_THROUGH}
     * @return this
     * @throws IllegalArgumentException if it is null
     */
    public Builder nonFiniteGradients(NonFiniteGradients nonFiniteGradients) {
      if (nonFiniteGradients == null) {
        throw BAD_ARGUMENT.argument(
            "nonFiniteGradients must be PASS_THROUGH, ZERO or FAIL, got null");
      }
      this.nonFiniteGradients = nonFiniteGradients;
      return this;
    }

    /**
     * Whether to try settings without touching anything.
     *
     * @param observeOnly with true, everything is counted and no gradient is changed: what is
     *     counted as clipped would have been, and updates are those of the inner updater, bit for
     *     bit. {@link NonFiniteGradients#ZERO} leaves units untouched, {@link
     *     NonFiniteGradients#FAIL} fails; default false
     * @return this
     */
    public Builder observeOnly(boolean observeOnly) {
      this.observeOnly = observeOnly;
      return this;
    }

    /**
     * The first iteration whose gradients are scaled; before it everything is as with {@link
     * #observeOnly}.
     *
     * @param startIteration an iteration of the network, from 0, not negative; default 0. {@code
     *     fit} counts iterations, also over a restart; a loop of one's own has to do so itself,
     *     with {@code setIterationCount} of the network or its configuration
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder startIteration(int startIteration) {
      if (startIteration < 0) {
        throw BAD_ARGUMENT.argument(
            "startIteration must be >= 0, got {}; 0 scales from the first iteration",
            startIteration);
      }
      this.startIteration = startIteration;
      return this;
    }

    /**
     * Weight decay as in the paper's own code and in PyTorch's optimizers: the inner updater gets
     * {@code AGC(G) + weightDecay * W}, so that the decay is not clipped, and passes through
     * momentum and learning rate as the gradient does.
     *
     * <p>Of every {@link ParameterKind#WEIGHT}, also where clipping leaves it alone (excluded
     * layers, {@link #observeOnly}), but not of frozen layers, and not of layers whose updater is a
     * plain one. It is no term of the score that DL4J reports. DL4J's L2 is one, and is clipped
     * with the gradient; DL4J's {@code WeightDecay} bypasses momentum. What of these is set applies
     * as well.
     *
     * @param weightDecay finite and not negative, not multiplied by anything but the learning rate;
     *     default 0: none
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder weightDecay(double weightDecay) {
      if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
        throw BAD_ARGUMENT.argument(
            "weightDecay must be finite and >= 0, got {}; the paper uses 2e-5, and 0 is none",
            weightDecay);
      }
      this.weightDecay = weightDecay;
      return this;
    }

    /**
     * The settings.
     *
     * @return new settings with these options
     */
    public AgcSettings build() {
      return new AgcSettings(this);
    }
  }
}
