import type { ReceiverReport, SenderView } from '#lib/model/receiver.ts';
import type { RefusalReason } from '#lib/model/telemetry.ts';
import { REFUSED_IN_WORDS } from '#lib/pipeline/ingest/stage.ts';

/** What the receiver's book says of one sender and outcome over some days. */
export interface BookEntry {
  sender: string;
  /** `accepted`, `duplicate`, `unmapped`, `content_dropped` or a refusal reason. */
  outcome: string;
  /** The convention of what was stored; empty where there is none. */
  detail: string;
  count: number;
  lastAtMs: number;
}

/** Senders of one report, the last heard first. */
const MOST_SENDERS = 500;

const HINTS: Record<RefusalReason, string> = {
  malformed:
    'Update the exporter of this sender, or look into what it makes: ids, names and times must be set.',
  too_old:
    'Check the clock of the sender, and whether it sends again what it kept for long. Older items than the team keeps are refused.',
  in_the_future: 'Check the clock of the sender: it runs more than an hour ahead.',
  not_finite: 'The sender reports NaN or infinity. Leave such values out where they are measured.',
  too_many_attributes: 'Leave attributes out at the sender, or bound them with OTEL_ATTRIBUTE_COUNT_LIMIT.',
  too_large: 'Send smaller batches: OTEL_BSP_MAX_EXPORT_BATCH_SIZE for spans, fewer points for metrics.',
  too_many_series:
    'Take values that never end (ids, paths, prompts) out of the metric attributes, or raise MAX_SERIES_PER_AGENT and MAX_SERIES_PER_TEAM.',
  too_many_agents: 'Give agents steady names, delete agents that are gone, or raise AGENTS_PER_TEAM.',
  unsupported_type: 'Export gauges, sums or histograms; summaries are not taken.',
};

function isReason(outcome: string): outcome is RefusalReason {
  return Object.hasOwn(HINTS, outcome);
}

function emptySender(sender: string): SenderView {
  const counts = { accepted: 0, duplicates: 0, refused: 0, unmapped: 0, contentDropped: 0 };
  return { sender, ...counts, refusals: [], conventions: [], lastSeenAt: 0 };
}

function addEntry(view: SenderView, { outcome, detail, count, lastAtMs }: BookEntry): void {
  view.lastSeenAt = Math.max(view.lastSeenAt, lastAtMs);
  if (isReason(outcome)) {
    view.refused += count;
    const told = { reason: outcome, words: REFUSED_IN_WORDS[outcome], hint: HINTS[outcome] };
    view.refusals.push({ ...told, count, lastAt: lastAtMs });
    return;
  }
  if (outcome === 'accepted') view.accepted += count;
  else if (outcome === 'duplicate') view.duplicates += count;
  else if (outcome === 'unmapped') view.unmapped += count;
  else if (outcome === 'content_dropped') view.contentDropped += count;
  if (detail !== '' && !view.conventions.includes(detail)) view.conventions.push(detail);
}

/** The report of the receiver out of its book; pure. Totals hold all senders, the list those heard last. */
export function receiverReport(entries: readonly BookEntry[], since: number): ReceiverReport {
  const senders = new Map<string, SenderView>();
  const totals = { accepted: 0, refused: 0, tooManySeries: 0, unmapped: 0 };
  for (const entry of entries) {
    const view = senders.get(entry.sender) ?? emptySender(entry.sender);
    senders.set(entry.sender, view);
    addEntry(view, entry);
    if (entry.outcome === 'too_many_series') totals.tooManySeries += entry.count;
  }
  for (const view of senders.values()) {
    totals.accepted += view.accepted;
    totals.refused += view.refused;
    totals.unmapped += view.unmapped;
    view.refusals.sort((a, b) => b.count - a.count);
    view.conventions.sort();
  }
  const latest = [...senders.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  return { since, totals, senders: latest.slice(0, MOST_SENDERS) };
}
