package dev.chatgate.local.template;

/** The template is not what the local doors can read; the message says where. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, for the person who edits the template
   */
  public TemplateException(String message) {
    super(message);
  }

  TemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
