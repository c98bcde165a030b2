package dev.chatgate.clients;

/**
 * A runner's result for one case.
 *
 * @param ok whether the result is as the runner expects of its library
 * @param text the text on the page
 * @param detail the reason of a failure
 */
record Cell(boolean ok, String text, String detail) {}
