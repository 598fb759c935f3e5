/**
 * Who asks, by address, for limits and sessions. `X-Forwarded-For` can be written by anyone, so it counts as far as
 * `CREPITUS_TRUSTED_PROXIES` says: a number of proxies in front of the portal, or their addresses. Without it the address is
 * the one that the connection comes from.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Environment } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';

/** How many proxies stand in front, or whether an address is one of theirs. */
export type TrustedProxies = number | ((address: string) => boolean);

/** @throws CrepitusError `trusted-proxies` (usage) */
export function trustedProxiesIn({ CREPITUS_TRUSTED_PROXIES }: Environment): TrustedProxies {
  const setting = CREPITUS_TRUSTED_PROXIES?.trim() || '0';
  if (/^\d$/.test(setting)) return Number(setting);
  const list = new BlockList();
  for (const entry of setting.split(',')) {
    const [address = '', prefix, ...rest] = entry.trim().split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const longest = family === 'ipv6' ? 128 : 32;
    const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
    if (isIP(address) === 0 || bits < 0 || bits > longest || rest.length > 0)
      throw new CrepitusError(
        'trusted-proxies',
        `CREPITUS_TRUSTED_PROXIES has '${entry.trim()}'; give the number of proxies in front of the portal (0 to 9), or their addresses as 10.0.0.7, 10.0.0.0/8 or fd00::/8, separated by commas.`,
        { kind: 'usage' },
      );
    list.addSubnet(address, bits, family);
  }
  return address => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * @param peer where the connection comes from
 * @param forwardedFor the header `X-Forwarded-For` as it came: whoever handed the request on added the address that they had
 *   it from at its end
 */
export function clientAddress(peer: string, forwardedFor: string, trusted: TrustedProxies): string {
  const isTrusted = typeof trusted === 'number' ? (_: string, hop: number) => hop < trusted : trusted;
  const before = forwardedFor.split(',').map(plainAddress);
  let address = plainAddress(peer);
  for (let hop = 0; isTrusted(address, hop); hop++) {
    const next = before.pop();
    if (next === undefined || isIP(next) === 0) break; // The last one that is known.
    address = next;
  }
  return address;
}

/** IPv4 addresses as such where a socket has them as IPv6, and without a port where a proxy notes one. */
function plainAddress(text: string): string {
  const address = text.trim().replace(/^\[(.*)\](:\d+)?$/, '$1');
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/**
 * From now on every request that reaches an HTTP server of this process, Next's too, has the one true address as its
 * `x-forwarded-for`, and nothing else that tells of one.
 */
export function rewriteClientAddresses(trusted: TrustedProxies): void {
  subscribe('http.server.request.start', message => {
    const { request } = message as { request: IncomingMessage };
    const { headers } = request;
    headers['x-forwarded-for'] = clientAddress(
      request.socket.remoteAddress ?? '',
      String(headers['x-forwarded-for'] ?? ''),
      trusted,
    );
    for (const name of ['forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'])
      delete headers[name];
  });
}
