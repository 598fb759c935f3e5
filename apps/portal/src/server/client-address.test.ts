import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clientAddress, rewriteClientAddresses, trustedProxiesIn } from './client-address.ts';

const trusting = (setting?: string) => trustedProxiesIn({ CREPITUS_TRUSTED_PROXIES: setting });

describe('the address of a client', () => {
  it.each([
    // setting, peer, X-Forwarded-For, who it is
    [undefined, '203.0.113.5', '', '203.0.113.5'],
    [undefined, '203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['0', '::ffff:203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['1', '10.0.0.7', '198.51.100.1', '198.51.100.1'],
    ['1', '10.0.0.7', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['2', '10.0.0.7', '1.2.3.4, 198.51.100.1, 10.0.0.8', '198.51.100.1'],
    ['2', '10.0.0.7', '198.51.100.1', '198.51.100.1'],
    ['1', '10.0.0.7', '', '10.0.0.7'],
    ['1', '10.0.0.7', '198.51.100.1, unknown', '10.0.0.7'],
    ['1', '10.0.0.7', '198.51.100.1:4711', '198.51.100.1'],
    ['1', '10.0.0.7', '[2001:db8::1]:4711', '2001:db8::1'],
    ['10.0.0.0/8', '10.0.0.7', '1.2.3.4, 198.51.100.1, 10.0.0.8', '198.51.100.1'],
    ['10.0.0.7', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['10.0.0.7, fd00::/8', 'fd00::1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.7', '::ffff:10.0.0.7', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.0/8', '10.0.0.7', '10.0.0.9', '10.0.0.9'],
  ])('trusting %s, from %s, which says "%s", is %s', (setting, peer, forwarded, expected) => {
    expect(clientAddress(peer, forwarded, trusting(setting))).toBe(expected);
  });

  it.each(['yes', '-1', '10', '10.0.0', '10.0.0.0/33', '10.0.0.1/8/8', 'fd00::/129', '10.0.0.1,'])(
    'refuses the setting %s in a sentence',
    setting => {
      expect(() => trusting(setting)).toThrow(
        /^CREPITUS_TRUSTED_PROXIES has '.*'; give the number of proxies/,
      );
    },
  );

  it('is what a server of this process sees, whatever the headers say', async () => {
    rewriteClientAddresses(trusting('0'));
    const server = createServer((asked, answer) => answer.end(JSON.stringify(asked.headers)));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const seen = await new Promise<Record<string, string>>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const headers = { 'X-Forwarded-For': '1.2.3.4', 'X-Real-IP': '1.2.3.4', Forwarded: 'for=1.2.3.4' };
      const asked = request({ port, host: '127.0.0.1', headers }, async answer => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve(JSON.parse(text));
      });
      asked.on('error', reject).end();
    });
    server.close();
    expect(seen['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(seen)).not.toContain('1.2.3.4');
  });
});
