package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class HeatMapTest {

  private static HeatMap map(double rowHeight) {
    return new HeatMap("shares", Axis.linear("x").between(0, 100), 1000, 60, rowHeight);
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
        map(20)
            .row("a", new double[] {0, 0.001, 0.1, 0.11, 1, Double.NaN, Double.POSITIVE_INFINITY});
    assertThat(shades(map)).containsExactly("s0", "s1", "s2", "s10", "bad");
  }

  @Test
  void neighboursOfOneShadeAreOneRectangle() throws Exception {
    Element cells =
        new Svg(map(20).row("a", new double[] {1, 1, 1, Double.NaN, 1}).svg())
            .all("//path[@class='s10']")
            .get(0);
    assertThat(cells.getAttribute("d").chars().filter(c -> c == 'M').count()).isEqualTo(2);
    assertThat(cells.getAttribute("d")).startsWith("M60.0 2.0h556.8");
  }

  @Test
  void labelsOfLowRowsDoNotOverprintAndTellWholeNames() throws Exception {
    HeatMap map = map(7);
    for (int i = 0; i < 10; i++) {
      map.row("x".repeat(40) + i, new double[] {1});
    }
    Svg svg = new Svg(map.svg());
    assertThat(svg.all("//text[@class='end']")).hasSize(5);
    assertThat(svg.all("//text/title").get(0).getTextContent()).isEqualTo("x".repeat(40) + "0");
  }
}
