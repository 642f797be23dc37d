package io.github.dl4jagc.experiments.clippings;

import io.github.dl4jagc.experiments.support.Text;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.GradientNormalization;

/**
 * A clipping as it is written on the command line and in files of results: {@code none}, {@code
 * agc:0.01/no-output}, {@code ratio:0.03}. After the name comes its number, if it has one, then
 * what it leaves alone.
 */
public final class ClippingSpec implements Comparable<ClippingSpec> {

  private static final Map<String, Function<ClippingSpec, Clipping>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("none", spec -> rate -> List.of());
    KINDS.put("agc", AgcClipping::threshold);
    KINDS.put("ratio", AgcClipping::updateRatio);
    KINDS.put("elementwise", dl4j(GradientNormalization.ClipElementWiseAbsoluteValue));
    KINDS.put("l2-layer", dl4j(GradientNormalization.ClipL2PerLayer));
    KINDS.put("l2-parameter", dl4j(GradientNormalization.ClipL2PerParamType));
    KINDS.put("unit-layer", dl4j(GradientNormalization.RenormalizeL2PerLayer));
    KINDS.put("unit-parameter", dl4j(GradientNormalization.RenormalizeL2PerParamType));
    KINDS.put("autoclip", spec -> rate -> List.of(new AutoClip(spec.number)));
    KINDS.put("adagc", spec -> rate -> List.of(new AdaGc(spec.number)));
    KINDS.put("zclip", spec -> rate -> List.of(new ZClip(spec.number)));
    KINDS.put("lars", spec -> rate -> List.of(new Lars(spec.number)));
    KINDS.put("lamb", spec -> rate -> List.of(new Lamb(spec.number, rate)));
  }

  /** Nothing, AGC, DL4J's, others'; then by what is left alone; then by number. */
  private static final Comparator<ClippingSpec> ORDER =
      Comparator.<ClippingSpec>comparingInt(spec -> List.copyOf(KINDS.keySet()).indexOf(spec.kind))
          .thenComparing(spec -> spec.parts.toString())
          .thenComparing(spec -> spec.number);

  private static final Set<String> WITHOUT_NUMBER = Set.of("none", "unit-layer", "unit-parameter");
  private static final Set<String> WITH_PARTS = Set.of("agc", "ratio");

  private final String given;
  private final String text;
  private final String kind;
  private final double number;
  private final Set<String> parts;
  private final Clipping clipping;

  private ClippingSpec(String text) {
    String[] words = text.split("/", -1);
    String[] head = words[0].split(":", -1);
    this.given = text;
    this.kind = head[0];
    this.number = head.length == 2 ? number(head[1]) : Double.NaN;
    this.parts = new LinkedHashSet<>(Arrays.asList(words).subList(1, words.length));
    require(KINDS.containsKey(kind), "must begin with one of " + KINDS.keySet());
    require(
        head.length == (WITHOUT_NUMBER.contains(kind) ? 1 : 2),
        WITHOUT_NUMBER.contains(kind)
            ? kind + " has no number"
            : kind + " needs one number, as in " + kind + ":0.1");
    require(parts.isEmpty() || WITH_PARTS.contains(kind), kind + " leaves nothing alone");
    this.clipping = KINDS.get(kind).apply(this);
    this.text = canonical();
  }

  /** With its number as it is written everywhere. */
  private String canonical() {
    StringBuilder canonical = new StringBuilder(kind);
    if (!Double.isNaN(number)) {
      canonical.append(':').append(Text.number(number));
    }
    parts.forEach(part -> canonical.append('/').append(part));
    return canonical.toString();
  }

  /** What a text says; the message of an IllegalArgumentException is for the user. */
  public static ClippingSpec of(String text) {
    return new ClippingSpec(text);
  }

  /** A number in this specification. */
  double number(String digits) {
    double value = Double.NaN;
    try {
      value = Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      // Stays NaN, which is out of range too.
    }
    require(value > 0 && !Double.isInfinite(value), "its number must be finite and > 0");
    return value;
  }

  void require(boolean right, String bound) {
    if (!right) {
      throw new IllegalArgumentException(bound + ", got '" + given + "'");
    }
  }

  private static Function<ClippingSpec, Clipping> dl4j(GradientNormalization normalization) {
    return spec -> new Dl4jClipping(normalization, Double.isNaN(spec.number) ? 1 : spec.number);
  }

  /** {@return what methods are told apart by, whatever their number: all of DL4J's are one} */
  public String method() {
    return clipping instanceof Dl4jClipping ? "dl4j" : text.replaceFirst(":[^/]*", "");
  }

  /** What comes after the colon. */
  double number() {
    return number;
  }

  /** What comes after the slashes. */
  Set<String> parts() {
    return parts;
  }

  /** {@return what is done} */
  public Clipping clipping() {
    return clipping;
  }

  /** {@return whether AGC clips, which counts what it does} */
  public boolean isAgc() {
    return clipping instanceof AgcClipping;
  }

  @Override
  public int compareTo(ClippingSpec other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClippingSpec && ((ClippingSpec) other).text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it is written. */
  @Override
  public String toString() {
    return text;
  }
}
