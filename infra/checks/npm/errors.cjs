// Causes each error that infra/front-ends.md says how to rehearse, with the official OpenAI client at the streaming
// door: CHATGATE_BASE_URL. Prints one line of JSON for each, and one with the class that the library throws for each
// status. Exits with 1 if the page's code does not do what the page says.
'use strict';

const assert = require('node:assert/strict');
const OpenAI = require('openai');

const { chatOf, explained } = require('./front-end.cjs');

const baseURL = process.env.CHATGATE_BASE_URL;
const model = 'local/chat';
const messages = [{ role: 'user', content: 'Say hello.' }];

const client = (apiKey, more) => new OpenAI({ baseURL, apiKey, maxRetries: 0, ...more });
const demo = client('cg_demo');
const limited = client('cg_limited');
const ask = (openai, body, options) => openai.chat.completions.create({ model, messages, max_tokens: 50, ...body }, options);
const as = (user) => ({ headers: { 'x-chatgate-end-user': user } });

const secretOf = async (body) => (await demo.post('/client_secrets', { body })).value;
const withSecret = async (body) => client(await secretOf(body));
const pause = (millis) => new Promise((done) => setTimeout(done, millis));

const errorOf = async (call) => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
};

/** Calls until the error is the wanted one: a call that is not settled yet is refused in another way. */
const errorWithCode = async (code, most, call) => {
  for (let calls = 0; calls < most; calls++) {
    const error = await errorOf(call);
    if (error.code === code) return error;
    await pause(200);
  }
  throw new Error(`no ${code}`);
};

const rehearsals = {
  missing_required_parameter: () => demo.chat.completions.create({ model }),
  invalid_type: () => ask(demo, { messages: 'Hello' }),
  invalid_value: () => ask(demo, { temperature: 9 }),
  max_tokens_too_large: () => ask(limited, { max_tokens: 3000 }),
  reserve_too_large: () => ask(limited, { max_tokens: 1500 }, as('ann')),
  invalid_api_key: () => ask(client('cg_wrong')),
  async not_allowed() {
    await (await withSecret({ user: 'ann' })).post('/client_secrets', { body: {} });
  },
  end_user_required: () => ask(client('cg_person')),
  end_user_blocked: () => ask(limited, {}, as('blocked')),
  tenant_suspended: () => ask(client('cg_suspended')),
  async model_not_allowed() {
    await ask(await withSecret({ models: ['local/chat'] }), { model: 'local/slow' });
  },
  async origin_not_allowed() {
    const secret = await withSecret({ allowed_origins: ['https://app.example'] });
    await ask(secret, {}, { headers: { origin: 'https://other.example' } });
  },
  unknown_url: () => ask(client('cg_demo', { baseURL: baseURL.replace(/\/v1$/, '') })),
  model_not_found: () => demo.models.retrieve('local/none'),
  method_not_allowed: () => demo.delete('/models'),
  request_too_large: () => ask(demo, { messages: [{ role: 'user', content: 'x'.repeat(5_000_000) }] }),
  unsupported_media_type: () => ask(demo, {}, { headers: { 'content-type': 'text/plain' } }),
  upstream_error: () => ask(demo, { model: 'local/500' }),
  upstream_incomplete: () => ask(demo, { model: 'local/cut' }),
  upstream_overloaded: () => ask(demo, { model: 'local/429' }),
  upstream_timeout: () => ask(demo, { model: 'local/slow' }),
};

const row = (code, error) => {
  assert.equal(error.code, code, error.stack);
  const headers = ['retry-after', 'x-should-retry'].filter((name) => error.headers.has(name));
  assert.notEqual(error.headers.get('x-should-retry'), 'true');
  console.log(JSON.stringify({ code, status: error.status, class: error.constructor.name, headers }));
};

const quota = async () => {
  const { usage } = await ask(limited, { model: 'local/long', max_tokens: 850 }, as('ann'));
  assert.ok(usage.completion_tokens >= 800, usage);
  const error = await errorWithCode('insufficient_quota', 50, () => ask(limited, { max_tokens: 150 }, as('ann')));
  row('insufficient_quota', error);
  assert.equal(error.headers.get('x-chatgate-limit-scope'), 'end_user');
  assert.match(explained(error).say, /^Your limit is used up until /);
};

const rate = async () => {
  let calls = 0;
  const error = await errorOf(async () => {
    for (; calls < 7; calls++) await ask(limited);
  });
  row('rate_limit_exceeded', error);
  const { say, seconds } = explained(error);
  assert.ok(seconds >= 1 && seconds <= 60, seconds);
  assert.match(say, /^Busy\. /);
};

const theCodeOfThePage = async () => {
  const chat = chatOf(baseURL, 'cg_demo');
  let shown = '';
  const page = () => ({ signal: new AbortController().signal, show: (text) => (shown = text) });

  const answered = await chat(model, messages, page());
  assert.equal(answered.stopped, false);
  assert.ok(answered.text.length > 20 && shown === answered.text, answered.text);

  const cut = await chat('local/cut', messages, page());
  assert.ok(cut.text.length > 10 && shown === cut.text, cut.text);
  assert.match(cut.say, /ask again/);

  const busy = await chat('local/429', messages, page());
  assert.equal(busy.text, '');
  assert.ok(busy.seconds >= 1);

  const failed = await chat('local/500', messages, page());
  assert.match(failed.requestId, /^req_/);

  await stopped(chat);
};

/** Stops after the first text, and before the answer. */
const stopped = async (chat) => {
  const controller = new AbortController();
  const show = (text) => text !== '' && controller.abort();
  const inMidStream = await chat('local/slow', messages, { signal: controller.signal, show });
  assert.equal(inMidStream.stopped, true);
  assert.ok(inMidStream.text.length > 0 && inMidStream.text.length < 60, inMidStream.text);

  const before = new AbortController();
  setTimeout(() => before.abort(), 500);
  assert.deepEqual(await chat('local/slow', messages, { signal: before.signal, show }), { text: '', stopped: true });
};

const classOfEachStatus = () => {
  const statuses = [400, 401, 402, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504];
  const classOf = (status) => OpenAI.APIError.generate(status, { error: {} }, '', new Headers()).constructor.name;
  console.log(JSON.stringify({ classes: Object.fromEntries(statuses.map((status) => [status, classOf(status)])) }));
};

(async () => {
  const expiring = await secretOf({ expires_after: { anchor: 'created_at', seconds: 10 } });
  const minted = Date.now();
  classOfEachStatus();
  for (const [code, call] of Object.entries(rehearsals)) row(code, await errorOf(call));
  await quota();
  await rate();
  await theCodeOfThePage();
  await pause(Math.max(0, minted + 11_000 - Date.now()));
  row('credential_expired', await errorOf(() => ask(client(expiring))));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
