// node --import ./typescript.mjs functions.mjs: both edge functions behind HTTP, opened from the environment as Deno opens them.

import { createServer } from 'node:http';
import { openContext, serving } from '../../samples/edge-function/_shared/context.ts';
import { recommendations } from '../../samples/edge-function/recommendations/handler.ts';
import { updateUserEmbedding } from '../../samples/edge-function/update_user_embedding/handler.ts';

const context = openContext((name) => process.env[name]);
const functions = { '/update_user_embedding': serving(updateUserEmbedding, context), '/recommendations': serving(recommendations, context) };

const server = createServer(async (incoming, outgoing) => {
  const url = new URL(incoming.url, 'http://localhost');
  const response = await functions[url.pathname](new Request(url, { method: incoming.method, headers: incoming.headers }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});
server.listen(0, '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${server.address().port}/`));
