// A front end of another origin that has no tenant key: with the app's own login, or with a backend that mints
// client secrets. Each case returns what the page saw; the test that runs it checks the result.
import { failure, readable } from './page.js';
import { renewed, withBackend } from './with-backend.js';
import { withLogin } from './with-login.js';

const model = 'provider/model';
const messages = [{ role: 'user', content: 'Say hello.' }];

const textOf = async (stream) => {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
};

const streamed = async (openai) => textOf(await openai.chat.completions.create({ model, messages, stream: true }));

// The app's login. What it gives is what the page holds; an expired token stays until the next sign-in.
let token;
const signIn = async ({ issuer, app, user, lifetime }) => {
  const form = new URLSearchParams({ grant_type: 'password', client_id: app, username: user, lifetime });
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: form });
  token = (await answer.json()).id_token;
};

const requested = () => performance.getEntriesByType('resource').map(({ name }) => name);
const minted = () => requested().filter((url) => url.endsWith('/client-secret')).length;

globalThis.cases = {
  signIn,

  // The page's own session with its backend.
  async session({ user }) {
    document.cookie = `session=${user}; samesite=strict`;
  },

  async withLogin({ baseURL }) {
    const openai = withLogin(baseURL, () => token);
    return failure(async () => ({ text: await streamed(openai) }));
  },

  // With the headers of the answer that a page may read.
  async withLoginAndHeaders({ baseURL }) {
    const openai = withLogin(baseURL, () => token);
    return failure(async () => {
      const call = openai.chat.completions.create({ model, messages, stream: true });
      const { data, response } = await call.withResponse();
      return { text: await textOf(data), headers: readable(response.headers) };
    });
  },

  // No library: the token is the only header that a page adds.
  async modelsWithoutTheLibrary({ baseURL }) {
    const answer = await fetch(`${baseURL}/models`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, ids: (await answer.json()).data.map(({ id }) => id) };
  },

  async withBackend({ baseURL }) {
    const result = await failure(async () => ({ text: await streamed(withBackend(baseURL)) }));
    return { ...result, minted: minted() };
  },

  async withGivenSecret({ baseURL, secret }) {
    const openai = withLogin(baseURL, () => secret);
    return failure(async () => ({ text: await streamed(openai) }));
  },

  // Moves the page's clock; 0 stops it.
  async clock({ seconds }) {
    const now = Date.now();
    Date.now = () => now + seconds * 1000;
  },

  // Calls until one fails, then goes on with the same client.
  async conversation({ baseURL, mostCalls }) {
    const openai = withBackend(baseURL);
    let before = 0;
    let outcome = { class: 'none' };
    while (outcome.class === 'none' && before < mostCalls) {
      outcome = await failure(async () => ({ text: await streamed(openai) }));
      if (outcome.class === 'none') before++;
    }
    const mintedBefore = minted();
    const text = await renewed(() => streamed(openai));
    return { before, failed: outcome, mintedBefore, text, minted: minted() };
  },
};
