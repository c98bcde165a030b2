package dev.chatgate.streaming;

/** One event to answer. The array is the handler's to keep or change. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; a copy of 6 MB would help nobody.
record Invocation(InvocationContext context, byte[] request) {}
