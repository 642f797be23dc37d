package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class HeatMapTest {

  /** Columns are ten wide. */
  private static HeatMap map(double rowHeight, int columns) {
    double[] edges = IntStream.rangeClosed(0, columns).mapToDouble(i -> 10 * i).toArray();
    return new HeatMap("shares", Axis.linear("x"), edges, 1000, 60, rowHeight);
  }

  /** The class of each group of cells. */
  private static List<String> shades(HeatMap map) throws Exception {
    return new Svg(map.svg())
        .all("//path[@d and @class != 'cursor']").stream()
            .map(each -> each.getAttribute("class"))
            .collect(Collectors.toList());
  }

  @Test
  void shadesTellNothingFromSomethingAndBothFromWhatIsNotFinite() throws Exception {
    HeatMap map =
        map(20, 7)
            .row("a", new double[] {0, 0.001, 0.1, 0.11, 1, Double.NaN, Double.POSITIVE_INFINITY});
    assertThat(shades(map)).containsExactly("s0", "s1", "s2", "s10", "bad");
  }

  @Test
  void neighboursOfOneShadeAreOneRectangle() throws Exception {
    Element cells =
        new Svg(map(20, 5).row("a", new double[] {1, 1, 1, Double.NaN, 1}).svg())
            .all("//path[@class='s10']")
            .get(0);
    assertThat(cells.getAttribute("d")).isEqualTo("M0 0h30M40 0h10");
    assertThat(((Element) cells.getParentNode()).getAttribute("viewBox")).isEqualTo("0 -.5 50 1");
  }

  @Test
  void labelsOfLowRowsDoNotOverprintAndTellWholeNames() throws Exception {
    HeatMap map = map(7, 1);
    for (int i = 0; i < 10; i++) {
      map.row("x".repeat(40) + i, new double[] {1});
    }
    Svg svg = new Svg(map.svg());
    assertThat(svg.all("//text[@class='end']")).hasSize(5);
    assertThat(svg.all("//text/title").get(0).getTextContent()).isEqualTo("x".repeat(40) + "0");
  }
}
