import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mendBrokenAddresses, mendedAddress } from './broken-addresses.ts';

// Decodes the path, as Next does.
const server = createServer((asked, answer) => {
  answer.end(decodeURIComponent(asked.url!.split('?')[0]!));
});
beforeAll(async () => {
  mendBrokenAddresses();
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => server.close());

test.each([
  ['/patients/%', '/patients/%'],
  ['/api/visits/%ZZ/progress?recording=%ZZ', '/api/visits/%ZZ/progress'],
  ['/%ED%A0%80', '/%ED%A0%80'], // Half of a pair is no UTF-8.
  ['/a%20b/%', '/a%20b/%'],
  ['/a%20b', '/a b'],
])('%s is asked for as it stands there, and nothing fails', async (path, decoded) => {
  const { port } = server.address() as AddressInfo;
  const [response] = await once(request({ port, host: '127.0.0.1', path }).end(), 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(text).toBe(decoded);
});

test('what can be decoded stays to the letter, and so do parameters', () => {
  for (const address of ['/', '/a%2Fb?x=%', '/log?person=%ZZ', '*', '/%F0%9F%AB%81'])
    expect(mendedAddress(address)).toBe(address);
  expect(mendedAddress('/%?x=%')).toBe('/%25?x=%');
});
