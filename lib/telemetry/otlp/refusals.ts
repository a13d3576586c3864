import type { RefusalReason, Refusals } from '#lib/model/telemetry.ts';
import { serviceOf } from '../resource.ts';
import type { RawAttributes } from './raw.ts';

/** Thrown inside a decoder to refuse one item; never leaves the decoder. */
export class ItemRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'ItemRefused';
    this.reason = reason;
  }
}

/** Counts what was refused of one request, keeping the first message in words. */
export class RefusalCount implements Refusals {
  count = 0;
  byReason: Partial<Record<RefusalReason, number>> = {};
  message = '';
  sender: string | undefined;

  add(reason: RefusalReason, message: string, items = 1): void {
    this.count += items;
    this.byReason[reason] = (this.byReason[reason] ?? 0) + items;
    this.message ||= message;
  }

  /** Told when the items of a resource have been read: who sent the first that was refused. */
  endResource(resource: () => RawAttributes): void {
    if (this.count > 0) this.sender ??= serviceOf(resource()).serviceName;
  }

  /** Counts an {@link ItemRefused}; any other error is thrown on. */
  addError(error: unknown): void {
    if (!(error instanceof ItemRefused)) throw error;
    this.add(error.reason, error.message);
  }
}
