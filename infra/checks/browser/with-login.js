// A front end without a backend: each call carries the present token of the app's own login. The README shows it.
import OpenAI from 'openai';

export const withLogin = (baseURL, idToken) => {
  const client = new OpenAI({ baseURL, apiKey: async () => idToken(), dangerouslyAllowBrowser: true });
  return client;
};
