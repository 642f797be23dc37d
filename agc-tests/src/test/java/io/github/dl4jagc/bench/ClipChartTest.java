package io.github.dl4jagc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class ClipChartTest {

  @Test
  void parametersThatWereMeasuredWithTheseThreadsAreDrawnWithWhoeverClippedThem() throws Exception {
    String times =
        "{\"A\": {\"2\": {\"FLOOR\": {\"milliseconds\": [2, 2, 2]},"
            + " \"AGC_ALL\": {\"milliseconds\": [1, 1, 2]},"
            + " \"timm\": {\"milliseconds\": [9]}}},"
            + " \"B\": {\"1\": {\"FLOOR\": {\"milliseconds\": [2]}}}}";
    Document chart =
        Jsoup.parse(ClipChart.chart(new ObjectMapper().readTree(times), "2"), Parser.xmlParser());

    assertThat(chart.select("text").eachText())
        .contains("A", "dl4j-agc", "timm")
        .doesNotContain("B", "optax");
    assertThat(chart.select("path.mark")).hasSize(2 * 2); // a point each, and its place in the key
  }
}
