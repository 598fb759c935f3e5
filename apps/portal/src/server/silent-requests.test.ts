import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveUpSilentRequests } from './silent-requests.ts';

// Limits of Node that a slow upload runs into at once, were they not lifted.
const server = createServer(
  { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 },
  async (asked, answer) => {
    let bytes = 0;
    try {
      for await (const chunk of asked) bytes += chunk.length;
      answer.end(String(bytes));
    } catch {
      // Given up: the client hears of it.
    }
  },
);
beforeAll(async () => {
  giveUpSilentRequests(1000);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => server.close());

function post() {
  const { port } = server.address() as AddressInfo;
  return request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 5 } });
}

test('an upload may take as long as it sends', async () => {
  const sent = post();
  const answered = once(sent, 'response');
  for (let i = 0; i < 5; i++) {
    sent.write('x');
    await wait(100);
  }
  sent.end();
  const [response] = await answered;
  expect(response.statusCode).toBe(200);
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(text).toBe('5');
});

test('one that falls silent is given up', async () => {
  const sent = post();
  sent.write('x');
  await expect(once(sent, 'response')).rejects.toThrow(/hang up|ECONNRESET/);
});
