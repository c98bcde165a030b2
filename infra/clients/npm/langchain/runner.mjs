// LangChain.js with its package for OpenAI.
import { ChatOpenAI } from '@langchain/openai';
import { run } from './driver.mjs';

const modelOf = (call) =>
  new ChatOpenAI({
    model: call.model,
    apiKey: call.key,
    configuration: { baseURL: call.base },
    maxTokens: call.maxTokens,
    // The default is 6, with waits of more than a minute in all.
    maxRetries: call.maxRetries ?? 2,
    temperature: call.temperature,
    streamUsage: call.usage === true,
    n: call.n,
    logprobs: call.logprobs,
  });

const usageOf = (usage) =>
  usage && { prompt: usage.input_tokens, completion: usage.output_tokens, total: usage.total_tokens };

const answerOf = (message) => ({
  text: message.text,
  finish: message.response_metadata.finish_reason,
  usage: usageOf(message.usage_metadata),
  reasoning: message.additional_kwargs.reasoning_content,
  tools: message.tool_calls.map(({ id, name, args }) => ({ id, name, input: args })),
  logprobs: message.response_metadata.logprobs?.content.map(({ token, logprob }) => ({ token, logprob })),
});

run({
  async plain(call) {
    const model = modelOf(call);
    if (call.format) {
      const options = { method: 'jsonSchema', name: call.format.name };
      return { object: await model.withStructuredOutput(call.format.schema, options).invoke(call.prompt) };
    }
    return answerOf(await (call.tool ? model.bindTools([toolOf(call.tool)]) : model).invoke(call.prompt));
  },
  async stream(call) {
    const model = modelOf(call);
    const bound = call.tool ? model.bindTools([toolOf(call.tool)]) : model;
    let all;
    const choices = [];
    for await (const chunk of await bound.stream(call.prompt, { signal: call.signal })) {
      const index = chunk.response_metadata.completion ?? 0;
      choices[index] = (choices[index] ?? '') + chunk.text;
      all = all ? all.concat(chunk) : chunk;
      if (chunk.text) call.onText?.(chunk.text);
    }
    return { ...answerOf(all), choices };
  },
  shown: (error) => ({
    name: error.name === 'Error' ? error.constructor.name : error.name,
    status: error.status,
    code: error.code,
    param: error.param,
    requestId: error.requestID,
    retryAfter: error.headers?.get('retry-after'),
    message: error.message,
  }),
  errors: {
    400: 'BadRequestError',
    401: 'AuthenticationError',
    403: 'PermissionDeniedError',
    404: 'NotFoundError',
    429: 'RateLimitError',
    500: 'InternalServerError',
    insufficient_quota: 'InsufficientQuotaError',
  },
  knows: {
    'retry-rate': '2 calls, waits as told',
    'retry-quota': '1 call',
    'retry-500': '3 calls',
    'retry-inside': '1 call',
    ping: 'throws SyntaxError',
    'empty-data': 'throws SyntaxError',
  },
});

function toolOf({ name, description, parameters }) {
  return { type: 'function', function: { name, description, parameters } };
}
