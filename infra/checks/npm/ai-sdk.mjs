// The code that infra/front-ends.md shows for the Vercel AI SDK, at the streaming door: CHATGATE_BASE_URL. Exits with 1
// if it does not do what the page says. It runs with the packages of infra/clients/npm/ai-sdk.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, streamText } from 'ai';
import assert from 'node:assert/strict';
import { z } from 'zod';

const baseURL = process.env.CHATGATE_BASE_URL;
const apiKey = 'cg_demo';

const chatgate = createOpenAICompatible({
  name: 'chatgate',
  baseURL,
  apiKey,
  includeUsage: true,
  supportsStructuredOutputs: true,
});

const ask = async (model, prompt, { abortSignal, show }) => {
  let text = '';
  const options = { maxOutputTokens: 500, maxRetries: 0, onError: () => {} };
  const result = streamText({ model: chatgate(model), prompt, abortSignal, ...options });
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') show((text += part.text));
    if (part.type === 'error') return { text, ...read(part.error) };
  }
  return { text, stopped: abortSignal.aborted };
};

const read = (error) => ({
  name: error.name,
  status: error.statusCode,
  code: (error.data?.error ?? error.data)?.code,
  seconds: Number(error.responseHeaders?.['retry-after'] ?? 0),
  requestId: error.responseHeaders?.['x-request-id'],
});

const asked = (model) => ask(model, 'Say hello.', { abortSignal: new AbortController().signal, show: () => {} });

const answered = await asked('local/chat');
assert.ok(answered.text.length > 20, answered.text);
assert.equal(answered.stopped, false);

const busy = await asked('local/429');
assert.deepEqual([busy.text, busy.name, busy.status, busy.code], ['', 'AI_APICallError', 503, 'upstream_overloaded']);
assert.ok(busy.seconds >= 1);
assert.match(busy.requestId, /^req_/);

const cut = await asked('local/cut');
assert.ok(cut.text.length > 10, cut.text);
assert.deepEqual([cut.name, cut.status, cut.code], ['AI_StreamProviderError', undefined, 'upstream_incomplete']);

const controller = new AbortController();
const show = () => controller.abort();
const stopped = await ask('local/slow', 'Say hello.', { abortSignal: controller.signal, show });
assert.equal(stopped.stopped, true);
assert.ok(stopped.text.length > 0 && stopped.text.length < 60, stopped.text);

const { output } = await generateText({
  model: chatgate('local/chat'),
  prompt: 'Where, and how warm?',
  output: Output.object({ schema: z.object({ city: z.string(), degrees: z.number() }) }),
  maxRetries: 0,
});
assert.deepEqual([typeof output.city, typeof output.degrees], ['string', 'number']);

const prose = createOpenAICompatible({ name: 'chatgate', baseURL, apiKey });
const schema = z.object({ city: z.string() });
await assert.rejects(
  generateText({ model: prose('local/chat'), prompt: 'Where?', output: Output.object({ schema }), maxRetries: 0 }),
  { name: 'AI_NoObjectGeneratedError' },
);

console.log('the AI SDK does what the page says');
