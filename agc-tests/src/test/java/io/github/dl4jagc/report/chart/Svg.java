package io.github.dl4jagc.report.chart;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A chart, read as XML. */
final class Svg {

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  final Document document;

  Svg(String xml) throws Exception {
    document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  List<Element> all(String xPath) throws Exception {
    NodeList nodes =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(xPath, document, XPathConstants.NODESET);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  List<String> texts() throws Exception {
    return all("//text").stream().map(Element::getTextContent).collect(Collectors.toList());
  }

  /** The numbers of an attribute. */
  static double[] numbers(Element element, String attribute) {
    Matcher matcher = NUMBER.matcher(element.getAttribute(attribute));
    return matcher.results().mapToDouble(each -> Double.parseDouble(each.group())).toArray();
  }

  /** The places of the marks of a line, from 0, or its crosses. */
  List<double[]> marks(int line, String kind) throws Exception {
    return all("(/svg/svg/g)[" + (line + 1) + "]/path[@class='" + kind + "']").stream()
        .map(mark -> numbers(mark, "transform"))
        .collect(Collectors.toList());
  }
}
