// What both majors of OpenAI's library for JavaScript have in common.
import { run } from './driver.mjs';

const usageOf = (usage) =>
  usage && { prompt: usage.prompt_tokens, completion: usage.completion_tokens, total: usage.total_tokens };

const answerOf = (completion) => {
  const { message, finish_reason: finish, logprobs } = completion.choices[0];
  return {
    text: message.content,
    finish,
    usage: usageOf(completion.usage),
    reasoning: message.reasoning_content,
    choices: completion.choices.map((choice) => choice.message.content),
    tools: (message.tool_calls ?? []).map(toolOf),
    object: message.parsed,
    logprobs: logprobs?.content.map(({ token, logprob }) => ({ token, logprob })),
  };
};

const toolOf = (tool) => ({ id: tool.id, name: tool.function.name, input: JSON.parse(tool.function.arguments) });

const bodyOf = (call) => ({
  model: call.model,
  messages: [{ role: 'user', content: call.prompt }],
  max_tokens: call.maxTokens,
  temperature: call.temperature,
  n: call.n,
  logprobs: call.logprobs,
  tools: call.tool && [{ type: 'function', function: call.tool }],
  response_format: call.format && { type: 'json_schema', json_schema: { ...call.format, strict: true } },
  stream_options: call.usage ? { include_usage: true } : undefined,
});

/** Assembles a stream chunk by chunk, as most applications do. */
async function gather(stream, call) {
  const seen = { text: '', finish: null, usage: null, tools: [], choices: [] };
  for await (const chunk of stream) {
    seen.usage = chunk.usage ? usageOf(chunk.usage) : seen.usage;
    for (const choice of chunk.choices ?? []) {
      take(seen, choice);
      if (choice.delta.content) call.onText?.(choice.delta.content);
    }
  }
  return { ...seen, tools: seen.tools.map(toolOf) };
}

function take(seen, { index, delta, finish_reason: finish }) {
  seen.choices[index] = (seen.choices[index] ?? '') + (delta.content ?? '');
  seen.text = seen.choices[0];
  seen.finish = finish ?? seen.finish;
  if (delta.reasoning_content) seen.reasoning = (seen.reasoning ?? '') + delta.reasoning_content;
  for (const part of delta.tool_calls ?? []) {
    const tool = (seen.tools[part.index] ??= { id: part.id, function: { name: part.function.name, arguments: '' } });
    tool.function.arguments += part.function.arguments ?? '';
  }
}

export function runOpenAi(OpenAI, knows) {
  const completions = ({ base, key, maxRetries }) =>
    new OpenAI({ baseURL: base, apiKey: key, ...(maxRetries === undefined ? {} : { maxRetries }) }).chat.completions;
  const options = ({ signal }) => ({ signal });

  run({
    async plain(call) {
      const way = call.format ? 'parse' : 'create';
      return answerOf(await completions(call)[way](bodyOf(call), options(call)));
    },
    async stream(call) {
      return gather(await completions(call).create({ ...bodyOf(call), stream: true }, options(call)), call);
    },
    async helper(call) {
      return answerOf(await completions(call).stream(bodyOf(call), options(call)).finalChatCompletion());
    },
    shown: (error) => ({
      name: error.constructor.name,
      status: error.status,
      code: error.code,
      param: error.param,
      requestId: error.requestID,
      retryAfter: error.headers?.get('retry-after'),
      message: error.message,
    }),
    errors: {
      400: OpenAI.BadRequestError.name,
      401: OpenAI.AuthenticationError.name,
      403: OpenAI.PermissionDeniedError.name,
      404: OpenAI.NotFoundError.name,
      429: OpenAI.RateLimitError.name,
      500: OpenAI.InternalServerError.name,
    },
    knows,
  });
}
