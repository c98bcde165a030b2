// Client secrets of the gateway, one for each user. They are minted with the tenant key, which stays in this process.
export const baseURL = process.env.CHATGATE_BASE_URL ?? 'http://127.0.0.1:8081/openai/v1';

// By user: { value, replaceAt }.
const secrets = new Map();

const mint = async (user) => {
  const headers = { authorization: `Bearer ${process.env.CHATGATE_KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ user, expires_after: { anchor: 'created_at', seconds: 600 } });
  const minted = await fetch(`${baseURL}/client_secrets`, { method: 'POST', headers, body });
  if (!minted.ok) throw new Error(`No client secret: ${minted.status}, request ${minted.headers.get('x-request-id')}`);
  const { value, created_at, expires_at } = await minted.json();
  const now = Date.now();
  for (const [other, { replaceAt }] of secrets) if (now >= replaceAt) secrets.delete(other);
  secrets.set(user, { value, replaceAt: now + (expires_at - created_at - 5) * 1000 });
  return value;
};

// The user's client secret. It is kept until shortly before it expires.
export const clientSecret = async (user) => {
  const kept = secrets.get(user);
  return kept && Date.now() < kept.replaceAt ? kept.value : mint(user);
};

// A fetch that repeats a call once, with a new client secret, if the first one had expired.
export const fetchFor = (user) => async (url, options) => {
  const answer = await fetch(url, options);
  if (answer.status !== 401) return answer;
  const { error } = await answer.clone().json();
  if (error?.code !== 'credential_expired') return answer;
  const headers = new Headers(options.headers);
  headers.set('authorization', `Bearer ${await mint(user)}`);
  return fetch(url, { ...options, headers });
};
