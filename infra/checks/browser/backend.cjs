// A backend that gives the page of a signed-in user a client secret; the README has its handler.
'use strict';

const express = require('express');

const baseURL = process.env.CHATGATE_BASE_URL;
const app = express();

// Stands for the app's own session.
app.use((request, response, next) => {
  request.session = { userId: /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] };
  next();
});

app.post('/client-secret', async (request, response) => {
  const headers = { authorization: `Bearer ${process.env.CHATGATE_KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ user: request.session.userId, expires_after: { anchor: 'created_at', seconds: 600 } });
  const minted = await fetch(`${baseURL}/client_secrets`, { method: 'POST', headers, body });
  response.status(minted.status).send(await minted.text());
});

const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/client-secret`));
