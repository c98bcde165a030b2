package dev.chatgate.cli.deployment;

import dev.chatgate.cli.shell.RefusedException;
import java.io.Reader;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the XML of CloudFormation's query API. Neither entities nor other files are looked at. */
final class StackXml {
  private StackXml() {}

  /**
   * An error.
   *
   * @param code its name, or empty
   * @param message its words, or empty
   */
  record Fault(String code, String message) {}

  /** Reads the answer of DescribeStacks for one stack. */
  static Stack stack(String name, Reader xml) {
    var outputs = new HashMap<String, String>();
    var parameters = new HashMap<String, String>();
    var texts = new HashMap<String, String>();
    walk(
        xml,
        (element, text) -> {
          texts.put(element, text);
          if (element.equals("member")) {
            take(texts, "OutputKey", "OutputValue", outputs);
            take(texts, "ParameterKey", "ParameterValue", parameters);
          }
        });
    return new Stack(name, outputs, parameters);
  }

  private static void take(
      Map<String, String> texts, String keyName, String valueName, Map<String, String> into) {
    var key = texts.remove(keyName);
    var value = texts.remove(valueName);
    if (key != null && value != null) {
      into.put(key, value);
    }
  }

  /** Reads the answer of a call that failed. */
  static Fault error(Reader xml) {
    Map<String, String> texts = new HashMap<>();
    try {
      walk(xml, texts::putIfAbsent);
    } catch (RefusedException _) {
      // What stands between us and AWS may answer with anything.
    }
    return new Fault(
        texts.getOrDefault("Code", "").strip(), texts.getOrDefault("Message", "").strip());
  }

  private interface Leaf {
    void at(String element, String text);
  }

  /** Tells of each element that has ended, with the text just before its end. */
  private static void walk(Reader xml, Leaf leaf) {
    try {
      var reader = factory().createXMLStreamReader(xml);
      var text = new StringBuilder();
      while (reader.hasNext()) {
        step(reader, text, leaf);
      }
    } catch (XMLStreamException e) {
      throw RefusedException.cannotRun("What answers for CloudFormation does not speak its XML.");
    }
  }

  private static void step(XMLStreamReader reader, StringBuilder text, Leaf leaf)
      throws XMLStreamException {
    switch (reader.next()) {
      case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
      case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
      case XMLStreamConstants.END_ELEMENT -> {
        leaf.at(reader.getLocalName(), text.toString());
        text.setLength(0);
      }
      default -> {}
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }
}
