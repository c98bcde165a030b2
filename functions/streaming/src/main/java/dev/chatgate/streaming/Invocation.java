package dev.chatgate.streaming;

/** One event to answer. The handler may keep and change the array. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; copying up to 6 MB would have no use.
record Invocation(InvocationContext context, byte[] request) {}
