package dev.chatgate.cli.deployment;

import dev.chatgate.cli.console.CommandException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Parses the XML of query APIs, such as CloudFormation's. DTDs and external entities are disabled.
 */
final class StackXml {
  private StackXml() {}

  /**
   * An error response.
   *
   * @param code the error code, or empty
   * @param message the error message, or empty
   */
  record ErrorResponse(String code, String message) {}

  /** Parses the response of DescribeStacks for one stack. */
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

  /** Parses one page of the response of ListStackResources. */
  static List<StackResource> resources(Reader xml) {
    var resources = new ArrayList<StackResource>();
    var texts = new HashMap<String, String>();
    walk(
        xml,
        (element, text) -> {
          texts.put(element, text.strip());
          if (element.equals("member") && texts.containsKey("LogicalResourceId")) {
            resources.add(
                new StackResource(
                    texts.getOrDefault("LogicalResourceId", ""),
                    texts.getOrDefault("ResourceType", ""),
                    texts.getOrDefault("PhysicalResourceId", "")));
            texts.clear();
          }
        });
    return resources;
  }

  private static void take(
      Map<String, String> texts, String keyName, String valueName, Map<String, String> into) {
    var key = texts.remove(keyName);
    var value = texts.remove(valueName);
    if (key != null && value != null) {
      into.put(key, value);
    }
  }

  /** Parses an error response. */
  static ErrorResponse error(Reader xml) {
    var texts = texts(xml);
    return new ErrorResponse(
        texts.getOrDefault("Code", "").strip(), texts.getOrDefault("Message", "").strip());
  }

  /** The first text of each element, also of an answer that is only in part XML. */
  static Map<String, String> texts(Reader xml) {
    Map<String, String> texts = new HashMap<>();
    try {
      walk(xml, texts::putIfAbsent);
    } catch (CommandException _) {
      // A proxy on the way may return something other than XML.
    }
    return texts;
  }

  private interface Leaf {
    void at(String element, String text);
  }

  /** Calls back at the end of each element, with the text before its end tag. */
  private static void walk(Reader xml, Leaf leaf) {
    try {
      var reader = factory().createXMLStreamReader(xml);
      var text = new StringBuilder();
      while (reader.hasNext()) {
        step(reader, text, leaf);
      }
    } catch (XMLStreamException e) {
      throw CommandException.error("The response of CloudFormation is not valid XML.");
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
