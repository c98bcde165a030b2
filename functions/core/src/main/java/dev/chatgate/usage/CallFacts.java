package dev.chatgate.usage;

import java.time.Duration;
import java.util.Optional;

/**
 * What the record of a call says besides tokens and money. Nothing of a prompt or an answer is in
 * it.
 *
 * @param status the HTTP status that the tenant got
 * @param errorCode the {@code code} of the error that the tenant got, in the answer or in the
 *     stream
 * @param stream whether the tenant asked for a stream
 * @param clientRetries the client library's own count of repeats ({@code x-stainless-retry-count}),
 *     0 if it sent none
 * @param upstreamModel the model's name as it went to the provider
 * @param timeToFirstToken from the start of the call to the provider, after admission, to the first
 *     byte of its answer; of streams alone, and only if one came
 * @param duration from the moment at which the function has read the request to the start of the
 *     settlement
 */
public record CallFacts(
    int status,
    Optional<String> errorCode,
    boolean stream,
    int clientRetries,
    String upstreamModel,
    Optional<Duration> timeToFirstToken,
    Duration duration) {}
