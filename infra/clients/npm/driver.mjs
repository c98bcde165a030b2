// Runs every case of the client matrix with one library and prints a line of JSON for each. The code for a
// library is in its runner:
//
//   run({ plain, stream, helper, shown, errors, … })
//
// plain(call), stream(call), helper(call): make the call as a user of the library would, and return what the
// user gets: { text, finish, usage, tools, reasoning, choices, object, logprobs }, without absent members.
// shown(error): what the user is shown: { name, status, code, param, requestId, retryAfter, message }.
// errors: the names of errors by status, 500 for all above, or by code where that decides.
// knows: the cells of this library that are neither `ok` nor an error of `errors`.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

const MOST_MILLIS = 20_000;
const TEXT = 'Grüße, 世界 🌍!';
const USAGE = { prompt: 7, completion: 11, total: 18 };

export const env = process.env;
export const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
export const PLACE = {
  name: 'place',
  schema: {
    type: 'object',
    properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
    required: ['city', 'degrees'],
    additionalProperties: false,
  },
};
/** Thrown for a feature that the library does not offer. */
export const NOT_OFFERED = Symbol('not offered');

const STREAM = env.CHATGATE_STREAM_URL;
const API = env.CHATGATE_API_URL;

const call = (model, more = {}) => ({
  base: STREAM,
  key: env.CHATGATE_KEY,
  model: `case/${model}`,
  prompt: 'Hello',
  maxTokens: 100,
  maxRetries: 0,
  ...more,
});

/** Thrown if the caller does not get what was sent. */
class Loss extends Error {
  constructor(what, got, sent) {
    super(`${what} is ${JSON.stringify(got)}, not ${JSON.stringify(sent)}`);
    this.what = what;
  }
}

const same = (what, got, sent) => {
  if (!isDeepStrictEqual(got, sent)) throw new Loss(what, got, sent);
};
const whole = (answer) => {
  same('text', answer.text, TEXT);
  same('finish_reason', answer.finish, 'stop');
};
const wholeWithUsage = (answer) => {
  whole(answer);
  same('usage', answer.usage, USAGE);
};
/** Usage must not be shown if it was not requested. */
const wholeWithoutUsage = (answer) => {
  whole(answer);
  assert.equal(answer.usage?.total ?? null, null, 'usage that was not requested');
};
const toolCall = (answer) => {
  same('the tool call', answer.tools, [{ id: 'call_1', name: 'get_weather', input: { city: 'Köln' } }]);
  same('finish_reason', answer.finish?.replace('-', '_'), 'tool_calls');
};

/** Each case: the call, and what the caller should get, or the error that the caller should be shown. */
const CASES = {
  plain: { plain: call('plain'), expect: wholeWithUsage },
  'plain-api': { plain: call('plain', { base: API }), expect: wholeWithUsage },
  stream: { stream: call('plain'), expect: wholeWithoutUsage },
  'stream-usage': { stream: call('plain', { usage: true }), expect: wholeWithUsage },
  'stream-api': { stream: call('plain', { base: API, usage: true }), expect: wholeWithUsage },
  tools: { plain: call('tools', { tool: WEATHER }), expect: toolCall },
  'tools-stream': { stream: call('tools', { tool: WEATHER }), expect: toolCall },
  structured: {
    plain: call('structured', { format: PLACE }),
    expect: (answer) => same('the object', answer.object, { city: 'Köln', degrees: 21 }),
  },
  choices: {
    stream: call('choices', { n: 2 }),
    expect: (answer) => same('choices', answer.choices, ['answer number 0', 'answer number 1']),
  },
  logprobs: {
    plain: call('logprobs', { logprobs: true }),
    expect: (answer) => same('log probabilities', answer.logprobs, [{ token: 'Hi', logprob: -0.25 }]),
  },
  reasoning: {
    stream: call('reasoning'),
    expect: (answer) => {
      whole(answer);
      same('reasoning', answer.reasoning, 'Let me think.');
    },
  },
  'client-secret': {
    stream: call('plain', { key: env.CHATGATE_CLIENT_SECRET, usage: true }),
    expect: wholeWithUsage,
  },

  'error-400': { plain: call('plain', { temperature: 9 }), error: [400, 'invalid_value', 'temperature'] },
  'error-400-api': { plain: call('plain', { temperature: 9, base: API }), error: [400, 'invalid_value', 'temperature'] },
  'error-400-stream': { stream: call('plain', { temperature: 9 }), error: [400, 'invalid_value', 'temperature'] },
  'error-400-provider': { plain: call('400'), error: [400, 'context_length_exceeded', 'messages'] },
  'error-401': { plain: call('plain', { key: env.CHATGATE_KEY_UNKNOWN }), error: [401, 'invalid_api_key'] },
  'error-403-model': { plain: call('plain', { key: env.CHATGATE_KEY_NARROW }), error: [403, 'model_not_allowed'] },
  'error-403-suspended': { plain: call('plain', { key: env.CHATGATE_KEY_SUSPENDED }), error: [403, 'tenant_suspended'] },
  'error-404': { plain: call('plain', { base: `${STREAM}/nowhere` }), error: [404, 'unknown_url'] },
  'error-429-rate': { limited: call('plain', { key: env.CHATGATE_KEY_LIMITED }), error: [429, 'rate_limit_exceeded'], wait: true },
  'error-429-quota': { plain: call('heavy', { key: env.CHATGATE_KEY_SPENT, maxTokens: 5500 }), error: [429, 'insufficient_quota'] },
  'error-429-quota-api': {
    plain: call('heavy', { key: env.CHATGATE_KEY_SPENT, maxTokens: 5500, base: API }),
    error: [429, 'insufficient_quota'],
  },
  'error-too-large': { plain: call('plain', { key: env.CHATGATE_KEY_PACED, maxTokens: 7000 }), error: [400, 'reserve_too_large'] },
  'error-500': { plain: call('500'), error: [502, 'upstream_error'] },
  'error-500-api': { plain: call('500', { base: API }), error: [502, 'upstream_error'] },
  'error-auth': { plain: call('401'), error: [502, 'upstream_auth'] },
  'error-html': { plain: call('html'), error: [502, 'upstream_invalid_response'] },
  'error-200': { plain: call('200-error'), error: [502, 'upstream_error'] },
  'error-503': { plain: call('429'), error: [503, 'upstream_overloaded'], wait: true },
  'error-504': { stream: call('hang'), error: [504, 'upstream_timeout'] },

  'retry-rate': { retried: retryRate },
  'retry-quota': { retried: retryQuota },
  'retry-500': { retried: retry500 },
  'retry-inside': { retried: retryInside },

  abort: { abort: call('slow') },

  crlf: { shape: call('crlf') },
  cr: { shape: call('cr') },
  'no-space': { shape: call('no-space') },
  comments: { shape: call('comments') },
  'id-comment': { shape: call('id-comment') },
  'split-1': { shape: call('split-1') },
  'split-2': { shape: call('split-2') },
  'split-3': { shape: call('split-3') },
  'quiet-end': { shape: call('quiet-end') },
  'done-space': { shape: call('done-space') },
  'open-after-done': { shape: call('open-after-done'), atMost: 2500 },
  'refuses-usage': { shape: call('refuses-usage'), usage: false },
  'usage-in-last': { shape: call('usage-in-last') },
  'usage-in-last-unasked': { shape: call('usage-in-last'), usage: false },
  'after-usage': { shape: call('after-usage') },
  'error-null': { shape: call('error-null') },
  'no-choices': { shape: call('no-choices') },
  ping: { shape: call('ping') },
  'empty-data': { shape: call('empty-data') },
  gzip: { shape: call('gzip') },
  'wrong-type': { shape: call('wrong-type') },
  'no-blank-line': { shape: call('no-blank-line') },
  surplus: { shape: call('surplus') },

  cut: { broken: call('cut'), code: 'upstream_incomplete' },
  reset: { broken: call('reset'), code: 'upstream_incomplete' },
  stall: { broken: call('stall'), code: 'upstream_timeout' },
  'error-in-stream': { broken: call('error-in-stream'), code: 'model_crashed' },
  'error-event': { broken: call('error-event'), code: 'model_crashed' },
  'error-number': { broken: call('error-number'), code: '529' },
  'error-text': { broken: call('error-text'), code: 'upstream_error' },
};

const calls = async (key) => Number(await (await fetch(`${env.CHATGATE_CALLS_URL}/${key}`)).text());

/** Returns the thrown error, or undefined and the answer. */
const attempt = async (does) => {
  try {
    return { answer: await does() };
  } catch (error) {
    return { error };
  }
};

async function mustFail(does) {
  const { answer, error } = await attempt(does);
  if (error === undefined) {
    throw new Error(`no error, but ${JSON.stringify(answer)}`);
  }
  return error;
}

/** Returns the name of the library's error, and the fields that the caller cannot see. */
function errorCell(library, error, { status, code, param, wait }) {
  const shown = library.shown(error);
  const missing = [];
  const want = (what, is) => is || missing.push(what);
  want('status', shown.status === status);
  want('code', shown.code === code);
  want('param', param === undefined || shown.param === param);
  want('request id', /^[\w-]{12,}$/.test(shown.requestId ?? ''));
  want('message', (shown.message ?? '').length > 15);
  want('retry-after', !wait || Number(shown.retryAfter) >= 1);
  const expected = library.errors[code] ?? library.errors[status >= 500 ? 500 : status];
  assert.equal(shown.name, expected, `the class of ${status} ${code}`);
  return missing.length === 0 ? shown.name : `${shown.name}; no ${missing.join(', ')}`;
}

async function errorCase(library, one) {
  const [status, code, param] = one.error;
  const asked = one.plain ?? one.limited;
  const does = () => (one.stream ? library.stream(one.stream) : library.plain(asked));
  if (one.limited) {
    await attempt(does);
  }
  return errorCell(library, await mustFail(does), { status, code, param, wait: one.wait });
}

/** Makes the call in one way and checks what the caller gets. */
async function read(library, way, asked, expect, atMost = MOST_MILLIS) {
  const began = Date.now();
  const { answer, error } = await attempt(() => way(asked));
  const took = Date.now() - began;
  if (answer === NOT_OFFERED) return { cell: '–' };
  if (error !== undefined) return { cell: `throws ${library.shown(error).name}`, error };
  assert.ok(took < atMost, `it took ${took} ms`);
  try {
    expect(answer);
    return { cell: 'ok' };
  } catch (loss) {
    if (!(loss instanceof Loss)) throw loss;
    return { cell: `loses ${loss.what}`, error: loss };
  }
}

async function answerCase(library, one) {
  return one.plain ? read(library, library.plain, one.plain, one.expect) : streamCase(library, one.stream, one.expect);
}

/** Reads the stream chunk by chunk, and with the library's own helper if it has one. */
async function streamCase(library, asked, expect, atMost) {
  const raw = await read(library, library.stream, asked, expect, atMost);
  const put = library.helper ? await read(library, library.helper, asked, expect, atMost) : raw;
  return {
    cell: raw.cell === put.cell ? raw.cell : `${raw.cell}; *helper* ${put.cell}`,
    error: raw.error ?? put.error,
  };
}

/** Requests the usage, which is the first thing to get lost, unless the case requires the contrary. */
async function shapeCase(library, one) {
  const usage = one.usage ?? true;
  return streamCase(library, { ...one.shape, usage }, usage ? wholeWithUsage : wholeWithoutUsage, one.atMost);
}

async function brokenCase(library, one) {
  const seen = [];
  const error = await mustFail(() => library.stream({ ...one.broken, onText: (text) => seen.push(text) }));
  const shown = library.shown(error);
  assert.equal(seen.join(''), TEXT, 'what came before the error');
  return shown.code === one.code ? shown.name : `${shown.name}; no code`;
}

async function abortCase(library, one) {
  const controller = new AbortController();
  let left = 0;
  const { answer, error } = await attempt(() =>
    library.stream({
      ...one.abort,
      signal: controller.signal,
      onText: () => {
        left ||= Date.now();
        controller.abort();
      },
    }),
  );
  assert.ok(left > 0, 'no text came');
  const took = Date.now() - left;
  assert.ok(took < 1000, `it took ${took} ms to return`);
  return error === undefined ? (answer.text.length < 50 ? 'ok' : 'read on') : `ok, throws ${library.shown(error).name}`;
}

const counted = async (key, does) => {
  const before = await calls(key);
  const began = Date.now();
  const { answer, error } = await attempt(does);
  return { answer, error, made: (await calls(key)) - before, took: Date.now() - began };
};

const times = (number) => (number === 1 ? '1 call' : `${number} calls`);

/** A call that a minute limit refuses now; it succeeds after the time in retry-after. */
async function retryRate(library) {
  const key = env.CHATGATE_KEY_PACED;
  // The API door settles before it answers, so that this call is no longer in flight.
  await library.plain(call('heavy', { key, maxTokens: 5500, base: API }));
  const { error, made, took } = await counted(key, () =>
    library.plain(call('plain', { key, maxTokens: 800, maxRetries: undefined })),
  );
  return error === undefined
    ? `${times(made)}, ${took > 1500 ? 'waits as told' : 'does not wait'}`
    : `${times(made)}, gives up with ${library.shown(error).name}`;
}

async function retryQuota(library) {
  const key = env.CHATGATE_KEY_SPENT;
  const { error, made } = await counted(key, () =>
    library.plain(call('heavy', { key, maxTokens: 5500, maxRetries: undefined })),
  );
  assert.ok(error, 'no error');
  return times(made);
}

async function retry500(library) {
  const key = env.CHATGATE_KEY_COUNTED;
  const { error, made } = await counted(key, () => library.plain(call('500', { key, maxRetries: undefined })));
  assert.ok(error, 'no error');
  return times(made);
}

async function retryInside(library) {
  const key = env.CHATGATE_KEY_COUNTED;
  const { answer, error, made } = await counted(key, () => library.plain(call('503-once', { key, maxRetries: undefined })));
  assert.equal(error, undefined, error?.stack);
  wholeWithUsage(answer);
  return times(made);
}

async function play(library, one) {
  if (one.error) return { cell: await errorCase(library, one) };
  if (one.expect) return answerCase(library, one);
  if (one.shape) return shapeCase(library, one);
  if (one.broken) return { cell: await brokenCase(library, one) };
  if (one.abort) return { cell: await abortCase(library, one) };
  return { cell: await one.retried(library) };
}

const inTime = (promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${MOST_MILLIS} ms`)), MOST_MILLIS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** Cells that need no entry in `library.knows`; errors were compared with `library.errors` before. */
const isGood = (one, cell) =>
  one.error || one.broken ? !cell.includes(';') : one.abort ? cell.startsWith('ok') : ['ok', '–'].includes(cell);

export async function run(library) {
  const only = process.argv.slice(2);
  for (const [name, one] of Object.entries(CASES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    let line;
    try {
      const { cell, error } = await inTime(play(library, one));
      const known = library.knows?.[name];
      const ok = known === undefined ? isGood(one, cell) : cell === known;
      line = { case: name, ok, cell, detail: ok ? '' : `expected ${known ?? 'ok'}; ${error?.stack ?? ''}` };
    } catch (error) {
      line = { case: name, ok: false, cell: 'fails', detail: error.stack };
    }
    console.log(JSON.stringify(line));
  }
  process.exit(0);
}
