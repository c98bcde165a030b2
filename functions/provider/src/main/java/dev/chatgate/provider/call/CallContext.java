package dev.chatgate.provider.call;

import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.answer.StreamUsageSupport;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.transport.HttpTransport;
import dev.chatgate.secret.ProviderKeys;
import java.time.InstantSource;

/**
 * What all calls to one provider share.
 *
 * @param refusers models that are not asked for usage on streams
 * @param known our keys, none of which may leave to a tenant
 */
record CallContext(
    ProviderSettings settings,
    HttpTransport transport,
    ProviderKeys keys,
    InstantSource clock,
    RetryPolicy retries,
    TokenCounters counters,
    StreamUsageSupport refusers,
    KnownKeys known) {}
