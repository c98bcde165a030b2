// A login on a free port of 127.0.0.1: oauth2-mock-server with discovery, whose issuer is http://HOST:port for the
// HOST that is given. Prints its URL once it takes requests. POST /token gives an id_token for the form's client_id,
// of the user `username`, that expires after `lifetime` seconds; POST /rotate replaces its key; GET /fetches says how
// often its keys were fetched.
'use strict';

const { createServer } = require('node:http');
const { OAuth2Issuer, OAuth2Service } = require('oauth2-mock-server');

let url;
let service;
let fetches = 0;

const rotate = async () => {
  const issuer = new OAuth2Issuer();
  issuer.url = url;
  await issuer.keys.generate('RS256');
  const rotated = new OAuth2Service(issuer);
  rotated.on('beforeTokenSigning', ({ payload }, { body }) => {
    payload.sub = body.username;
    payload.exp = payload.iat + Number(body.lifetime);
  });
  service = rotated;
};

const server = createServer(async (request, response) => {
  if (request.url === '/rotate') {
    await rotate();
    response.end();
  } else if (request.url === '/fetches') {
    response.end(String(fetches));
  } else {
    if (request.url === '/jwks') fetches++;
    service.requestHandler(request, response);
  }
});

server.listen(0, '127.0.0.1', async () => {
  url = `http://${process.argv[2]}:${server.address().port}`;
  await rotate();
  console.log(url);
});
