package io.github.dl4jagc.experiments.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.experiments.support.LineChart.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LineChartTest {

  private static final Pattern PLACE =
      Pattern.compile("class=\"(mark|cross)\" transform=\"translate\\(([\\d.]+) ([\\d.]+)\\)");

  private static LineChart chart() {
    return LineChart.overLogarithms("a < b & c", "rate", "share", List.of(1, 0.01, 0.1)).upTo(100);
  }

  /** The places of marks or crosses, in the order of the lines; those of the key come last. */
  private static List<double[]> places(String svg, String kind) {
    List<double[]> places = new ArrayList<>();
    Matcher matcher = PLACE.matcher(svg);
    while (matcher.find()) {
      if (matcher.group(1).equals(kind)) {
        places.add(
            new double[] {
              Double.parseDouble(matcher.group(2)), Double.parseDouble(matcher.group(3))
            });
      }
    }
    return places;
  }

  @Test
  void fileIsWellFormedAndHasItsOwnStyle() throws Exception {
    String svg = chart().add("x < y", List.of(new Point(0.1, 50))).file();
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertThat(root.getAttribute("aria-label")).isEqualTo("a < b & c");
    assertThat(root.getElementsByTagName("style").item(0).getTextContent())
        .contains("prefers-color-scheme: dark");
    List<String> texts = new ArrayList<>();
    NodeList nodes = root.getElementsByTagName("text");
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    assertThat(texts)
        .contains("a < b & c", "rate", "share", "x < y")
        .containsSubsequence("0", "20", "40", "60", "80", "100")
        .containsSubsequence("0.01", "0.1", "1");
  }

  @Test
  void axisFitsTheValues() {
    String svg =
        chart()
            .add("line", List.of(new Point(0.01, 0), new Point(0.1, 50), new Point(1, 100)))
            .svg();
    List<double[]> marks = places(svg, "mark");
    double[] first = marks.get(0);
    double[] middle = marks.get(1);
    double[] last = marks.get(2);
    assertThat(middle[0] - first[0])
        .as("equal steps of a logarithm")
        .isEqualTo(last[0] - middle[0]);
    assertThat(first[1] - middle[1]).isEqualTo(middle[1] - last[1]);
    // The width is 560, of which labels take the left and an indent either end.
    assertThat(first[0]).isBetween(44.0, 80.0);
    assertThat(last[0]).isBetween(500.0, 548.0);
  }

  @Test
  void pointsWithErrorBarsAreSetApart() {
    String svg =
        chart()
            .add("one", List.of(new Point(0.1, 50, 40, 60)))
            .add("two", List.of(new Point(0.1, 50, 40, 60)))
            .svg();
    List<double[]> marks = places(svg, "mark");
    assertThat(marks.get(1)[0] - marks.get(0)[0]).isGreaterThan(8);
    assertThat(svg).contains("<g class=\"c0\">", "<g class=\"c1\">");
    assertThat(svg.split("class=\"bar\"")).hasSize(3);
  }

  @Test
  void pointsWithoutErrorBarsAreWhereTheyBelong() {
    String svg =
        chart()
            .add("one", List.of(new Point(0.1, 50)))
            .add("two", List.of(new Point(0.1, 60)))
            .svg();
    List<double[]> marks = places(svg, "mark");
    assertThat(marks.get(1)[0]).isEqualTo(marks.get(0)[0]);
    assertThat(svg).doesNotContain("class=\"bar\"");
  }

  @Test
  void divergedRunsAreCrossesOnTheAxisAndExplained() {
    String svg =
        chart().add("one", List.of(new Point(0.01, 50), Point.cross(0.1), new Point(1, 50))).svg();
    assertThat(places(svg, "cross")).hasSize(2);
    assertThat(places(svg, "cross").get(0)[1]).isGreaterThan(places(svg, "mark").get(0)[1]);
    assertThat(svg).contains("a run diverged");
    assertThat(chart().add("one", List.of(new Point(1, 50))).svg()).doesNotContain("diverged");
  }

  @Test
  void verticalAxisEndsAtARoundNumberAboveAllPoints() {
    String svg =
        LineChart.over("t", "x", "y", List.of(1, 2, 3))
            .add("one", List.of(new Point(1, 1.7), new Point(2, 3.2)))
            .svg();
    assertThat(svg).contains(">4</text>").doesNotContain(">5</text>");
    assertThat(places(svg, "mark").get(1)[1]).isBetween(58.0, 340.0 - 52);
  }

  @Test
  void emptyChartIsAChart() {
    assertThat(LineChart.overNames("t", "y", List.of("a", "b")).svg())
        .contains(">a</text>", ">b</text>")
        .doesNotContain("NaN");
  }
}
