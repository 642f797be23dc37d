package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.report.chart.Line.Point;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class LineChartTest {

  private static LineChart chart() {
    return new LineChart(
        "a < b & c",
        Axis.logarithmic("rate").ticks(List.of(1, 0.01, 0.1)),
        Axis.linear("share").including(0, 100));
  }

  private static Svg svg(LineChart chart) throws Exception {
    return new Svg(chart.svg());
  }

  @Test
  void aFileIsWellFormedAndHasItsOwnStyleForLightAndDark() throws Exception {
    Svg svg = new Svg(chart().add(Line.of("x < y", List.of(Point.of(0.1, 50)))).file());
    Element root = svg.document.getDocumentElement();
    assertThat(root.getAttribute("aria-label")).isEqualTo("a < b & c");
    assertThat(root.getAttribute("role")).isEqualTo("img");
    assertThat(root.getElementsByTagName("style").item(0).getTextContent())
        .contains("prefers-color-scheme: dark");
    assertThat(svg.texts())
        .contains("a < b & c", "rate", "share", "x < y")
        .containsSubsequence("0", "20", "40", "60", "80", "100")
        .containsSubsequence("0.01", "0.1", "1");
  }

  @Test
  void valuesAreWhereTheirAxesHaveThem() throws Exception {
    List<double[]> marks =
        svg(chart()
                .add(
                    Line.of(
                        "line", List.of(Point.of(0.01, 0), Point.of(0.1, 50), Point.of(1, 100)))))
            .marks(0, "mark");
    double[] first = marks.get(0);
    double[] middle = marks.get(1);
    double[] last = marks.get(2);
    assertThat(middle[0] - first[0])
        .as("equal steps of a logarithm")
        .isCloseTo(last[0] - middle[0], within(0.11));
    assertThat(first[1] - middle[1]).isCloseTo(middle[1] - last[1], within(0.11));
    // The width is 560, of which labels take the left and an indent either end.
    assertThat(first[0]).isBetween(44.0, 80.0);
    assertThat(last[0]).isBetween(500.0, 548.0);
  }

  @Test
  void pointsWithErrorBarsAreSetApart() throws Exception {
    Svg svg =
        svg(
            chart()
                .add(Line.of("one", List.of(Point.of(0.1, 50, 40, 60))))
                .add(Line.of("two", List.of(Point.of(0.1, 50, 40, 60)))));
    assertThat(svg.marks(1, "mark").get(0)[0] - svg.marks(0, "mark").get(0)[0]).isGreaterThan(8);
    assertThat(svg.all("//path[@class='bar']")).hasSize(2);
  }

  @Test
  void pointsWithoutErrorBarsAreWhereTheyBelong() throws Exception {
    Svg svg =
        svg(
            chart()
                .add(Line.of("one", List.of(Point.of(0.1, 50))))
                .add(Line.of("two", List.of(Point.of(0.1, 60)))));
    assertThat(svg.marks(1, "mark").get(0)[0]).isEqualTo(svg.marks(0, "mark").get(0)[0]);
    assertThat(svg.all("//path[@class='bar']")).isEmpty();
  }

  @Test
  void divergedRunsAreCrossesOnTheAxisAndExplained() throws Exception {
    Svg svg =
        svg(
            chart()
                .add(
                    Line.of(
                        "one", List.of(Point.of(0.01, 50), Point.cross(0.1), Point.of(1, 50)))));
    assertThat(svg.marks(0, "cross")).hasSize(1);
    assertThat(svg.marks(0, "cross").get(0)[1]).isGreaterThan(svg.marks(0, "mark").get(0)[1]);
    assertThat(svg.texts()).contains("a run diverged");
    assertThat(svg(chart().add(Line.of("one", List.of(Point.of(1, 50))))).texts())
        .doesNotContain("a run diverged");
  }

  @Test
  void aBandIsTheAreaBetweenLowAndHigh() throws Exception {
    Svg svg =
        svg(
            chart()
                .add(
                    Line.of("", List.of(Point.of(0.01, 50, 25, 75), Point.of(1, 50, 25, 75)))
                        .banded()));
    double[] corners = Svg.numbers(svg.all("//path[@class='band']").get(0), "d");
    assertThat(corners).hasSize(8);
    assertThat(corners[1]).isEqualTo(corners[3]).isLessThan(corners[5]);
    assertThat(svg.all("//path[@class='bar']")).isEmpty();
    assertThat(svg.all("/svg/g")).as("a line without a name has no key").isEmpty();
  }

  @Test
  void valuesThatAreNotFiniteAreGaps() throws Exception {
    List<Point> points =
        Arrays.asList(Point.of(1, 1), Point.of(2, 2), Point.of(3, Double.NaN), Point.of(4, 4));
    Svg svg = svg(new LineChart("t", Axis.linear("x"), Axis.linear("y")).add(Line.of("l", points)));
    String path = svg.all("//path[@class='line']").get(0).getAttribute("d");
    assertThat(path.chars().filter(c -> c == 'M').count()).isEqualTo(2);
    assertThat(path).doesNotContain("NaN");
    assertThat(svg.marks(0, "mark")).hasSize(3);
  }

  @Test
  void ofManyPointsThoseAloneAreMarkedThatNoLineLeadsTo() throws Exception {
    List<Point> points =
        IntStream.range(0, 100)
            .mapToObj(i -> Point.of(i, i == 49 || i == 51 ? Double.NaN : 1))
            .collect(Collectors.toList());
    assertThat(
            svg(new LineChart("t", Axis.linear("x"), Axis.linear("y")).add(Line.of("l", points)))
                .marks(0, "mark"))
        .hasSize(1);
  }

  @Test
  void textsOfMarksDoNotOverprint() throws Exception {
    Svg svg =
        svg(
            chart()
                .add(Line.of("one", List.of(Point.of(0.1, 50))))
                .mark(0.1, "here")
                .mark(0.11, "and here"));
    List<Element> texts = svg.all("//text[starts-with(@class, 'marked')]");
    assertThat(Svg.numbers(texts.get(1), "y")[0] - Svg.numbers(texts.get(0), "y")[0])
        .isGreaterThan(12);
  }

  @Test
  void anAxisMayHaveNames() throws Exception {
    Axis names = Axis.linear("").ticks(List.of(0, 1)).labelled(i -> List.of("a", "b").get((int) i));
    assertThat(svg(new LineChart("t", names, Axis.linear("y").including(0, 1))).texts())
        .contains("a", "b");
  }

  @Test
  void whereNothingIsFiniteASentenceSaysSo() {
    assertThat(
            new LineChart("t", Axis.linear("x"), Axis.linear("y"))
                .add(Line.of("l", List.of(Point.of(1, Double.NaN))))
                .svg())
        .isEqualTo("<p class=\"none\">No finite value.</p>");
  }
}
