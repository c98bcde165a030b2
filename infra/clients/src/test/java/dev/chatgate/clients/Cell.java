package dev.chatgate.clients;

/**
 * What a runner says of one case.
 *
 * @param ok whether all is as the runner expects of its library
 * @param text what the page shows
 * @param detail for whoever looks after a failure
 */
record Cell(boolean ok, String text, String detail) {}
