import type { RefusalReason, Refusals } from '#lib/model/telemetry.ts';
import type { Contribution, LiveAccumulator } from '#lib/pipeline/live/live-accumulator.ts';
import type { IngestRequest } from '#lib/pipeline/store/request.ts';
import type { PointColumns } from '#lib/ports/metric-store/port.ts';
import type { Reattribution } from '#lib/telemetry/trace-position.ts';
import type { ExportRequest } from './contract.ts';
import type { TeamSettings } from './team-settings.ts';

/** A request on its way, as every signal's own stage gets it. */
export interface StageInput {
  request: ExportRequest;
  /** SHA-256 of the body. */
  requestHash: Buffer;
  settings: TeamSettings;
  /** The receiver's clock when the request began, Unix milliseconds. */
  nowMs: number;
}

/** A decoded request whose agents and series are known: what is left is to count it and to store it. */
export interface Prepared {
  store: IngestRequest;
  /** Items that came, refused ones included: what the sender pays for. */
  items: number;
  refusals: Refusals;
  /** Spans of earlier requests whose agent is known only now. */
  reattributed: readonly Reattribution[];
  /** Where the items that are to be stored came from, for the receiver's book. */
  origins: readonly Origin[];
  /** Counts the live values; they are shown before the commit. */
  countLive(live: LiveAccumulator): Contribution;
}

/** The stage of one signal: decode, limit, find owners, agents and series. */
export type PrepareStage = (input: StageInput) => Promise<Prepared>;

/** Items that came from one sender for one agent. */
export interface Origin {
  /** Null for items that belong to no agent. */
  agentId: string | null;
  /** `service.name`. */
  sender: string;
  version: string | null;
  /** Family of conventions, null for metrics. */
  convention: string | null;
  items: number;
  /** Attributes that no table of the normaliser knows. */
  unmapped: number;
  /** Items that were stored without content, because a redaction rule could not be applied to it. */
  contentDropped: number;
}

/** What a request without number points brings. */
export const NO_POINTS: PointColumns = {
  seriesId: new Int32Array(0),
  timeMs: new Float64Array(0),
  startMs: new Float64Array(0),
  value: new Float64Array(0),
};

/** How far ahead of the receiver's clock an item may be, milliseconds; a sender's clock is rarely right. */
export const MAX_FUTURE_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** What refusals say in words where no decoder has said it. */
export const REFUSED_IN_WORDS: Record<RefusalReason, string> = {
  malformed: 'An item can not be read or stored',
  too_old: 'A time is too far in the past',
  in_the_future: 'A time is in the future',
  not_finite: 'A value is not finite',
  too_many_attributes: 'An item has too many attributes',
  too_large: 'An item or a request is too large',
  too_many_series: 'The agent or the team has as many metric series as it may have',
  too_many_agents: 'The team has as many agents as it may have',
  unsupported_type: 'This kind of metric is not supported',
};

/** Adds an item to what was refused of a request; `sender` is the `service.name` it came from. */
export function refuse(refusals: Refusals, reason: RefusalReason, sender?: string): void {
  refusals.count += 1;
  refusals.byReason[reason] = (refusals.byReason[reason] ?? 0) + 1;
  refusals.sender ??= sender;
  refusals.message ||= REFUSED_IN_WORDS[reason];
}
