// Calls the gateway with the token of the person who is signed in.
import OpenAI from 'openai';

import { baseURL, model } from './config.js';
import { idToken } from './login.js';

// The library would repeat a refused call by itself; the page tells the reader instead.
const client = new OpenAI({ baseURL, apiKey: async () => idToken(), dangerouslyAllowBrowser: true, maxRetries: 0 });

// Repeats a call once, with a new token, if the first one had expired: the computer was asleep, for example.
const renewed = async (call) => {
  try {
    return await call();
  } catch (error) {
    if (error.code !== 'credential_expired') throw error;
    await idToken({ fresh: true });
    return call();
  }
};

// Sends the messages and calls onText with each piece of the answer. Ends early, without an error, if the signal is
// aborted while the answer arrives.
export const ask = async (messages, { signal, onWarning, onText }) => {
  const body = { model, messages, max_tokens: 500, stream: true };
  const call = () => client.chat.completions.create(body, { signal }).withResponse();
  const { data: stream, response } = await renewed(call);
  onWarning(response.headers.get('x-chatgate-quota-warning'));
  for await (const chunk of stream) onText(chunk.choices[0]?.delta?.content ?? '');
};
