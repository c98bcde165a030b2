// A front end whose backend mints client secrets. The README shows it up to the client.
import OpenAI from 'openai';

let secret;
const clientSecret = async () => {
  if (!secret || Date.now() >= secret.replaceAt) {
    const answer = await fetch('/client-secret', { method: 'POST' });
    if (!answer.ok) throw new Error(`The backend answered ${answer.status}.`);
    const { value, created_at, expires_at } = await answer.json();
    secret = { value, replaceAt: Date.now() + (expires_at - created_at - 5) * 1000 };
  }
  return secret.value;
};

export const withBackend = (baseURL) => {
  const client = new OpenAI({ baseURL, apiKey: clientSecret, dangerouslyAllowBrowser: true });
  return client;
};

// Repeats a call once, with a new client secret, if the first one had expired: the page's computer was asleep, or
// the operator has ended all client secrets.
export const renewed = async (call) => {
  try {
    return await call();
  } catch (error) {
    if (error.code !== 'credential_expired') throw error;
    secret = undefined;
    return call();
  }
};
