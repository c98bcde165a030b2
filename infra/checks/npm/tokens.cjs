// Makes and checks JSON Web Tokens with jose. Reads one JSON object from standard input and prints one.
//   mint    {tokens: [{name, alg, claims}]} -> {jwks, tokens: {name: token}}
//   sign    {key, header, claims} -> {token}, with HMAC; the key in base64url
//   verify  {key, typ, token} -> {header, claims}, with HMAC-SHA-256; fails if the token is not valid
// mint makes one key for each algorithm. "none" does not sign; "HS256" signs with the RSA public key in PEM.
'use strict';

const { readFileSync } = require('node:fs');
const jose = require('jose');

const bytes = (text) => jose.base64url.decode(text);

const commands = {
  async mint({ tokens }) {
    const pairs = new Map();
    const pair = async (alg) => {
      if (!pairs.has(alg)) pairs.set(alg, await jose.generateKeyPair(alg, { extractable: true }));
      return pairs.get(alg);
    };
    const signed = async (alg, claims, key) =>
      new jose.SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg, kid: alg === 'HS256' ? 'RS256' : alg }).sign(key);
    const made = {};
    for (const { name, alg, claims } of tokens) {
      if (alg === 'none') {
        made[name] = new jose.UnsecuredJWT(claims).encode();
      } else if (alg === 'HS256') {
        const text = await jose.exportSPKI((await pair('RS256')).publicKey);
        made[name] = await signed(alg, claims, new TextEncoder().encode(text));
      } else {
        made[name] = await signed(alg, claims, (await pair(alg)).privateKey);
      }
    }
    const keys = [];
    for (const [alg, { publicKey }] of pairs) {
      keys.push({ ...(await jose.exportJWK(publicKey)), kid: alg, alg, use: 'sig' });
    }
    return { jwks: { keys }, tokens: made };
  },

  async sign({ key, header, claims }) {
    return { token: await new jose.SignJWT(claims).setProtectedHeader(header).sign(bytes(key)) };
  },

  async verify({ key, typ, token }) {
    const { protectedHeader, payload } = await jose.jwtVerify(token, bytes(key), { typ, algorithms: ['HS256'] });
    return { header: protectedHeader, claims: payload };
  },
};

commands[process.argv[2]](JSON.parse(readFileSync(0, 'utf8'))).then((result) => console.log(JSON.stringify(result)));
