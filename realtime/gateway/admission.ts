import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { networkOf } from '#lib/kernel/client-address.ts';

/** Handshakes a second: one costs about a millisecond, and pages must go on being served meanwhile. */
const ACCEPTS_PER_SECOND = 300;
/** Handshakes that may wait for their turn; a browser gives up after 10 s. */
const MAX_WAITING = 2000;

export interface AdmissionOptions {
  /** Exact origins. A missing origin is refused: every browser sends one (security K1). */
  allowedOrigins: readonly string[];
  connectionsPerIp: number;
  /** CIDRs that the cap per address does not apply to. */
  trustedRanges: readonly string[];
  /** CIDRs whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  onRefused(why: 'origin' | 'address' | 'busy'): void;
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function inRanges(address: string, ranges: readonly Range[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range));
}

/** The address of the browser: the rightmost forwarded one that is no proxy of ours. */
function clientAddress(request: IncomingMessage, proxies: readonly Range[]): string {
  let address = request.socket.remoteAddress ?? '';
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  while (inRanges(address, proxies) && forwarded.length > 0) {
    const before = forwarded.pop()?.trim() ?? '';
    if (!ipaddr.isValid(before)) break;
    address = before;
  }
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

/**
 * Decides on a handshake before anything of it is parsed: origin, connections of the address, and a rate
 * at which handshakes are taken, so that a reconnect storm becomes a queue (performance P9).
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #trusted: Range[];
  readonly #proxies: Range[];
  readonly #origins: ReadonlySet<string>;
  #perIp = new Map<string, number>();
  #waiting: (() => void)[] = [];
  #budget = ACCEPTS_PER_SECOND / 10;
  #refill: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#origins = new Set(options.allowedOrigins);
    this.#trusted = options.trustedRanges.map((range) => ipaddr.parseCIDR(range));
    this.#proxies = options.trustedProxies.map((range) => ipaddr.parseCIDR(range));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  close(): void {
    clearTimeout(this.#refill);
  }

  addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#proxies);
  }

  /** Calls back with null to admit, or with why not. */
  decide(request: IncomingMessage, answer: (refusal: string | null) => void): void {
    const { origin } = request.headers;
    if (origin === undefined || !this.#origins.has(origin)) {
      this.#options.onRefused('origin');
      answer('This origin may not connect.');
    } else if (this.#isFull(this.addressOf(request))) {
      this.#options.onRefused('address');
      answer('Too many connections from this address.');
    } else if (this.#waiting.length >= MAX_WAITING) {
      this.#options.onRefused('busy');
      answer('Too many connections at once, try again.');
    } else if (this.#budget > 0) {
      this.#spend();
      answer(null);
    } else this.#waiting.push(() => answer(null));
  }

  /** Counts an open connection of an address until the returned function is called. */
  count(address: string): () => void {
    const network = networkOf(address);
    this.#perIp.set(network, (this.#perIp.get(network) ?? 0) + 1);
    return () => {
      const left = (this.#perIp.get(network) ?? 1) - 1;
      if (left > 0) this.#perIp.set(network, left);
      else this.#perIp.delete(network);
    };
  }

  #isFull(address: string): boolean {
    const open = this.#perIp.get(networkOf(address)) ?? 0;
    return open >= this.#options.connectionsPerIp && !inRanges(address, this.#trusted);
  }

  #spend(): void {
    this.#budget--;
    this.#refill ??= setTimeout(() => this.#next(), 100).unref();
  }

  #next(): void {
    this.#refill = undefined;
    this.#budget = ACCEPTS_PER_SECOND / 10;
    for (const accept of this.#waiting.splice(0, this.#budget)) {
      this.#spend();
      accept();
    }
  }
}
