// The app's login. Replace this file by your login's library; the page uses these three functions only.
const LOGIN = 'http://127.0.0.1:9000';
const APP = 'example';

let user;
let token;

export const signIn = async (name) => {
  user = name;
  await idToken({ fresh: true });
};

export const signOut = () => {
  user = undefined;
  token = undefined;
};

// Cognito, Auth0, Firebase, Okta, Entra, Supabase, Clerk: call their function that returns a token here, and pass `fresh` on.
export const idToken = async ({ fresh = false } = {}) => {
  if (fresh || !token || Date.now() >= token.replaceAt) {
    const form = new URLSearchParams({ grant_type: 'password', username: user, client_id: APP });
    const answer = await fetch(`${LOGIN}/token`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`The login answered ${answer.status}.`);
    const { id_token, expires_in } = await answer.json();
    token = { value: id_token, replaceAt: Date.now() + (expires_in - 30) * 1000 };
  }
  return token.value;
};
