// Answers a chat of the signed-in user: a route handler of Next.js, and of everything that has Request and Response.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { convertToModelMessages, createUIMessageStreamResponse, streamText, toUIMessageStream } from 'ai';

import { baseURL, clientSecret, fetchFor } from './client-secret.js';
import { explained, logged } from './problem.js';
import { signedInUser } from './session.js';

export async function POST(request) {
  const user = signedInUser(request);
  if (!user) return new Response('Sign in first.', { status: 401 });
  const { messages } = await request.json();

  const chatgate = createOpenAICompatible({
    name: 'chatgate',
    baseURL,
    apiKey: () => clientSecret(user),
    fetch: fetchFor(user),
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  const { stream } = streamText({
    model: chatgate(process.env.CHATGATE_MODEL ?? 'local/chat'),
    instructions: 'You answer in short sentences.',
    messages: await convertToModelMessages(messages),
    maxOutputTokens: 500,
    // The SDK would repeat a refused call; the page tells the reader instead.
    maxRetries: 0,
    abortSignal: request.signal,
    onError: ({ error }) => console.error(logged(error)),
  });
  return createUIMessageStreamResponse({ stream: toUIMessageStream({ stream, onError: explained }) });
}
