// A front end with the unmodified official OpenAI client in a bundle. Each case returns what the page saw; the
// test that runs it checks the result.
import OpenAI from 'openai';

import { failure, readable } from './page.js';

const model = 'provider/model';
const messages = [{ role: 'user', content: 'Say hello.' }];

const client = (options) => new OpenAI({ dangerouslyAllowBrowser: true, ...options });

// Messages to and from the test, through the page's server.
const reached = (name) => fetch(`/reached/${name}`, { method: 'POST' });
const until = (name) => fetch(`/until/${name}`);

const chat = (options, body = {}) => client(options).chat.completions.create({ model, messages, ...body });

const calls = () => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/chat/completions'));

globalThis.cases = {
  async plain({ options }) {
    const { data, request_id: requestID, response } = await chat(options).withResponse();
    return { data, requestID, headers: readable(response.headers) };
  },

  async streamed({ options, first }) {
    const arrivals = [];
    let text = '';
    let usage = 'none';
    for await (const chunk of await chat(options, { stream: true })) {
      const piece = chunk.choices[0]?.delta?.content;
      if (piece) {
        arrivals.push(performance.now());
        text += piece;
        if (arrivals.length === 1) await reached(first);
      }
      usage = chunk.usage ?? usage;
    }
    return { text, usage, millisToLast: arrivals.at(-1) - arrivals[0] };
  },

  async abortedInMidStream({ options, gone }) {
    const stream = await chat(options, { stream: true });
    let pieces = 0;
    const outcome = await failure(async () => {
      for await (const chunk of stream) {
        pieces += chunk.choices.length;
        stream.controller.abort();
      }
    });
    await reached(gone);
    return { ...outcome, pieces };
  },

  async abortedBeforeTheAnswer({ options, asked, gone }) {
    const controller = new AbortController();
    const call = failure(() => client(options).chat.completions.create({ model, messages }, { signal: controller.signal }));
    await until(asked);
    controller.abort();
    const outcome = await call;
    await reached(gone);
    return outcome;
  },

  async fails({ options, body }) {
    const before = calls().length;
    const outcome = await failure(() => chat(options, body));
    return { ...outcome, calls: calls().length - before };
  },

  async models({ options }) {
    const ids = [];
    for await (const { id } of client(options).models.list()) ids.push(id);
    return { ids };
  },
};
