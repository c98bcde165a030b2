// A login for this machine only. It gives a token to anybody, for any name, and has a new key after each start.
import { OAuth2Server } from 'oauth2-mock-server';

const url = new URL('http://127.0.0.1:9000');
const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
await server.start(Number(url.port), url.hostname);
server.issuer.url = url.origin;

// To rehearse an expired token: the first token of "late" has expired, the second has not, and so on.
let lateHasExpired = false;

server.service.on('beforeTokenSigning', ({ payload }, { body }) => {
  payload.sub = body.username;
  const isIdToken = payload.aud !== undefined;
  if (isIdToken && body.username === 'late') {
    lateHasExpired = !lateHasExpired;
    if (lateHasExpired) payload.exp = payload.iat - 3600;
  }
});

console.log(server.issuer.url);
