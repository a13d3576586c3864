import { hash } from 'node:crypto';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Refusals } from '#lib/model/telemetry.ts';
import type { Contribution, CountedSpan } from '#lib/pipeline/live/live-accumulator.ts';
import type { IngestRequest, WriteOutcome } from '#lib/pipeline/store/request.ts';
import type { ExportRequest, Ingest, IngestMeter, Signal } from './contract.ts';
import type { LivePublisher } from './live-publisher.ts';
import type { SpanReattribution } from './reattribution.ts';
import { createRecentRequests } from './recent-requests.ts';
import { type Prepared, type PrepareStage, refuse } from './stage.ts';
import type { TeamSettings } from './team-settings.ts';

export interface IngestPipelineParts {
  clock: Clock;
  meter: IngestMeter;
  settingsOf(teamId: string): Promise<TeamSettings>;
  /** Decoding, limits, owners, agents and series of each signal. */
  stages: Record<Signal, PrepareStage>;
  live: LivePublisher;
  /** Stores a request together with others; resolves after the commit. */
  commit(request: IngestRequest): Promise<WriteOutcome>;
  /** Moves stored spans to the agent that is known now, and remembers those that may be moved. */
  reattribution: Pick<SpanReattribution, 'remember' | 'apply'>;
  /** Takes what a key has to pay for its items. */
  charge(keyId: string, items: number): void;
  /** Writes a request into the receiver's book; the outcome is null when nothing of it was left to store. */
  book(request: ExportRequest, prepared: Prepared, outcome: WriteOutcome | null): void;
  /** Something cached about this team may be wrong: ask the store again. */
  forget(teamId: string): void;
}

const NOTHING_REFUSED: Refusals = { count: 0, byReason: {}, message: '' };

/**
 * The straight path of one export request:
 * known already? -> settings -> decode, limit, resolve -> charge -> count live -> commit -> settle -> answer.
 */
export function createIngestPipeline(parts: IngestPipelineParts): Ingest {
  const recent = createRecentRequests<Refusals>();

  async function take(request: ExportRequest, requestHash: Buffer): Promise<Refusals> {
    const settings = await parts.settingsOf(request.teamId);
    const nowMs = parts.clock.now();
    const prepared = await parts.stages[request.signal]({ request, requestHash, settings, nowMs });
    parts.charge(request.keyId, prepared.items);
    const outcome = rowsIn(prepared.store) > 0 ? await store(request, prepared) : null;
    parts.book(request, prepared, outcome);
    await parts.reattribution.apply(request.teamId, prepared.reattributed);
    const { refusals, items } = prepared;
    parts.meter.accepted(request.signal, items - refusals.count);
    if (refusals.count > 0) parts.meter.refused(request.signal, refusals);
    for (const { unmapped } of prepared.origins) if (unmapped > 0) parts.meter.unmapped(unmapped);
    return refusals;
  }

  async function store(request: ExportRequest, prepared: Prepared): Promise<WriteOutcome> {
    const live = parts.live.of(request.teamId);
    const contribution = prepared.countLive(live);
    const forget = parts.reattribution.remember(request.teamId, prepared.store.spans);
    parts.live.changed(request.teamId);
    try {
      const outcome = await parts.commit(prepared.store);
      forget(settle(request, prepared, contribution, outcome));
      return outcome;
    } catch (error) {
      live.takeBack(contribution);
      forget(contribution.spans);
      parts.live.changed(request.teamId);
      parts.forget(request.teamId);
      throw error;
    }
  }

  /** Takes back from the live values what the store had already or did not take, and answers with it. */
  function settle(
    { teamId, signal }: ExportRequest,
    { refusals }: Prepared,
    contribution: Contribution,
    outcome: WriteOutcome,
  ): readonly CountedSpan[] {
    if (outcome.duplicateRequest) parts.meter.duplicate(signal);
    for (const { reason } of outcome.refused) refuse(refusals, reason);
    const notAdded = outcome.duplicateRequest
      ? contribution.spans
      : [...outcome.duplicateSpans, ...refusedSpans(outcome)].flatMap((i) => contribution.spans[i] ?? []);
    if (notAdded.length === 0) return notAdded;
    parts.live.of(teamId).takeBack(contribution, notAdded);
    parts.live.changed(teamId);
    return notAdded;
  }

  return (request) => {
    if (request.body.length === 0) return Promise.resolve(NOTHING_REFUSED);
    const requestHash = hash('sha256', request.body, 'buffer');
    const id = `${request.teamId} ${request.signal} ${requestHash.toString('latin1')}`;
    const { answer, repeated } = recent.once(id, () => take(request, requestHash));
    if (repeated) parts.meter.duplicate(request.signal);
    return answer;
  };
}

/** Rows that a request brings into the store. */
export function rowsIn({ spans, logs, points, histograms }: IngestRequest): number {
  return spans.length + logs.length + points.seriesId.length + histograms.length;
}

function refusedSpans({ refused }: WriteOutcome): number[] {
  return refused.filter(({ signal }) => signal === 'span').map(({ index }) => index);
}
