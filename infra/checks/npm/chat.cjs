// The official OpenAI client, unmodified, at one door: CHATGATE_BASE_URL, CHATGATE_KEY, CHATGATE_MODEL.
// Prints one line for each case; exits with 1 at the first unexpected result.
'use strict';

const assert = require('node:assert/strict');
const OpenAI = require('openai');

const baseURL = process.env.CHATGATE_BASE_URL;
const model = process.env.CHATGATE_MODEL;
const messages = [{ role: 'user', content: 'Say hello.' }];

const client = (apiKey) => new OpenAI({ baseURL, apiKey });
const ours = client(process.env.CHATGATE_KEY);

const cases = {
  async 'a plain answer'() {
    const { data, request_id: requestId } = await ours.chat.completions
      .create({ model, messages, max_tokens: 50 })
      .withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.ok(data.choices[0].message.content.length > 0);
    assert.ok(data.usage.total_tokens > 0);
    assert.ok(requestId);
  },

  async 'a streamed answer'() {
    const stream = await ours.chat.completions.create({ model, messages, max_tokens: 50, stream: true });
    let text = '';
    let finish = null;
    for await (const chunk of stream) {
      assert.equal(chunk.usage ?? null, null, 'usage that was not requested');
      text += chunk.choices[0]?.delta?.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    assert.ok(text.length > 0);
    assert.ok(finish);
  },

  async 'a streamed answer with usage'() {
    const stream = ours.chat.completions.stream({
      model,
      messages,
      max_tokens: 50,
      stream_options: { include_usage: true },
    });
    const completion = await stream.finalChatCompletion();
    assert.ok(completion.choices[0].message.content.length > 0);
    assert.ok(completion.usage.total_tokens > 0);
  },

  async 'a wrong key'() {
    await assert.rejects(client('cg_wrong').chat.completions.create({ model, messages }), (error) => {
      assert.ok(error instanceof OpenAI.AuthenticationError, error);
      assert.equal(error.status, 401);
      assert.equal(error.code, 'invalid_api_key');
      assert.ok(error.requestID);
      return true;
    });
  },

  async 'a request that is none'() {
    await assert.rejects(ours.chat.completions.create({ model, messages: 'hello' }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError, error);
      assert.equal(error.param, 'messages');
      assert.equal(error.type, 'invalid_request_error');
      assert.ok(error.requestID);
      return true;
    });
  },

  // What the first page says of each model that fails. The library would repeat the first two itself.
  async 'errors to rehearse'() {
    const once = new OpenAI({ baseURL, apiKey: process.env.CHATGATE_KEY, maxRetries: 0 });
    const ask = (name, stream) => once.chat.completions.create({ model: name, messages, max_tokens: 50, stream });
    await assert.rejects(ask('local/429'), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, error);
      assert.equal(error.status, 503);
      assert.equal(error.code, 'upstream_overloaded');
      return true;
    });
    await assert.rejects(ask('local/500'), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, error);
      assert.equal(error.status, 502);
      assert.equal(error.code, 'upstream_error');
      return true;
    });
    await assert.rejects(ask('local/cut'), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, error);
      assert.equal(error.status, 502);
      assert.equal(error.code, 'upstream_incomplete');
      return true;
    });
    let text = '';
    await assert.rejects(
      async () => {
        for await (const chunk of await ask('local/cut', true)) {
          text += chunk.choices[0]?.delta?.content ?? '';
        }
      },
      (error) => {
        assert.ok(error instanceof OpenAI.APIError, error);
        assert.equal(error.status, undefined);
        assert.equal(error.code, 'upstream_incomplete');
        return true;
      },
    );
    assert.ok(text.length > 0);
    const tools = await ask('local/tools');
    assert.equal(tools.choices[0].finish_reason, 'tool_calls');
    const reasoning = await ask('local/reasoning');
    assert.ok(reasoning.choices[0].message.reasoning_content);
  },

  async 'limits to reach'() {
    const limited = new OpenAI({ baseURL, apiKey: 'cg_limited', maxRetries: 0 });
    const ask = () => limited.chat.completions.create({ model, messages, max_tokens: 50 });
    await assert.rejects(
      async () => {
        for (let calls = 0; calls < 20; calls++) {
          await ask();
        }
      },
      (error) => {
        assert.ok(error instanceof OpenAI.RateLimitError, error);
        assert.equal(error.status, 429);
        assert.equal(error.code, 'rate_limit_exceeded');
        assert.equal(error.headers.get('x-chatgate-limit-scope'), 'tenant');
        assert.equal(error.headers.get('x-ratelimit-limit-requests'), '6');
        assert.ok(Number(error.headers.get('retry-after')) >= 1);
        return true;
      },
    );
  },

  async 'the models'() {
    for await (const one of ours.models.list()) {
      assert.equal(one.object, 'model');
      assert.ok(one.id);
    }
  },
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`ok: ${name}`);
    } catch (error) {
      console.error(`failed: ${name}\n`, error);
      process.exit(1);
    }
  }
  console.log(`all ${Object.keys(cases).length} cases pass`);
})();
