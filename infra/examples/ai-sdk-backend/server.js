// Serves the page and calls the route handler, as Next.js would.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { POST } from './app/api/chat/route.js';

const url = new URL('http://127.0.0.1:3001');
const files = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
};

const requestOf = (incoming, signal) =>
  new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    body: Readable.toWeb(incoming),
    duplex: 'half',
    signal,
  });

const respond = async (incoming, signal) => {
  const file = incoming.method === 'GET' && files[incoming.url];
  if (file) {
    const bytes = await readFile(new URL(`dist/${file.name}`, import.meta.url));
    return new Response(bytes, { headers: { 'content-type': file.type } });
  }
  const isChat = incoming.method === 'POST' && incoming.url === '/api/chat';
  return isChat ? POST(requestOf(incoming, signal)) : new Response('Not found.', { status: 404 });
};

const server = createServer(async (incoming, outgoing) => {
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  try {
    const response = await respond(incoming, gone.signal);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    await pipeline(Readable.fromWeb(response.body), outgoing);
  } catch (error) {
    if (!gone.signal.aborted) console.error(error);
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.end();
  }
});

server.listen(url.port, url.hostname, () => console.log(url.origin));
