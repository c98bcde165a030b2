package dev.chatgate.local.template;

/** The local doors cannot read the template; the message says where and why. */
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
