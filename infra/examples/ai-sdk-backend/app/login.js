// The page's side of the login; see api/chat/session.js. Replace both by your own.
export const signIn = (name) => {
  document.cookie = `name=${name}; path=/; samesite=strict`;
};
