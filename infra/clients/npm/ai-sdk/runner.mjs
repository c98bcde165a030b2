// The Vercel AI SDK with its provider for OpenAI-compatible APIs.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, jsonSchema, streamText, tool } from 'ai';
import { NOT_OFFERED, run } from './driver.mjs';

const settingsOf = (call) => {
  const provider = createOpenAICompatible({
    name: 'chatgate',
    baseURL: call.base,
    apiKey: call.key,
    includeUsage: call.usage,
    supportsStructuredOutputs: true,
  });
  return {
    model: provider(call.model),
    prompt: call.prompt,
    maxOutputTokens: call.maxTokens,
    temperature: call.temperature,
    abortSignal: call.signal,
    ...(call.maxRetries === undefined ? {} : { maxRetries: call.maxRetries }),
    ...(call.tool && { tools: toolsOf(call.tool) }),
    ...(call.format && { output: Output.object({ schema: jsonSchema(call.format.schema), name: call.format.name }) }),
  };
};

const toolsOf = ({ name, description, parameters }) => ({
  [name]: tool({ description, inputSchema: jsonSchema(parameters) }),
});

const usageOf = (usage) => ({ prompt: usage.inputTokens, completion: usage.outputTokens, total: usage.totalTokens });

const toolOf = ({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, input });

run({
  async plain(call) {
    if (call.logprobs) return NOT_OFFERED;
    const result = await generateText(settingsOf(call));
    return {
      text: result.text,
      finish: result.finishReason,
      usage: usageOf(result.usage),
      tools: result.toolCalls.map(toolOf),
      object: call.format && result.output,
    };
  },
  async stream(call) {
    if (call.n) return NOT_OFFERED;
    const result = streamText({ ...settingsOf(call), onError: () => {} });
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') call.onText?.(part.text);
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') return { text: '' };
    }
    return {
      text: await result.text,
      finish: await result.finishReason,
      usage: usageOf(await result.usage),
      reasoning: await result.reasoningText,
      tools: (await result.toolCalls).map(toolOf),
    };
  },
  shown(thrown) {
    const error = thrown?.lastError ?? thrown;
    // The error object of the body: a plain answer wraps it in an object, a stream's event does not.
    const body = error?.data?.error ?? error?.data;
    return {
      name: thrown?.name ?? String(thrown),
      status: error?.statusCode,
      code: body?.code,
      param: body?.param,
      requestId: error?.responseHeaders?.['x-request-id'],
      retryAfter: error?.responseHeaders?.['retry-after'],
      message: error?.message,
    };
  },
  errors: {
    400: 'AI_APICallError',
    401: 'AI_APICallError',
    403: 'AI_APICallError',
    404: 'AI_APICallError',
    429: 'AI_APICallError',
    500: 'AI_APICallError',
  },
  knows: {
    'retry-rate': '2 calls, waits as told',
    'retry-quota': '3 calls',
    'retry-500': '3 calls',
    'retry-inside': '1 call',
    'error-null': 'throws null',
    'no-choices': 'throws AI_TypeValidationError',
    'empty-data': 'throws AI_JSONParseError',
  },
});
