import { DEFAULT_GATE, type DeploymentGate } from '#lib/model/deployment-gate.ts';
import { GATE_METRICS, type GateMetric, type GateQuery, isRate } from '#lib/model/gate.ts';
import { readSpan, writeSpan } from '#lib/model/span.ts';

/** The gate of a policy as it is typed. What no field shows stays as it was. */
export interface GateDraft {
  isOn: boolean;
  kept: DeploymentGate;
  /** By metric: how much worse is allowed, in points of a rate or in percent; null: it is not judged. */
  margins: Record<GateMetric, string | null>;
  /** `source / template` of the questions to servers of metrics. */
  questions: string[];
  minimumRuns: string;
  looks: string;
  duration: string;
  begins: DeploymentGate['begins'];
  onUndecided: DeploymentGate['onUndecided'];
  hold: string;
}

const percent = (share: number): string => String(Math.round(share * 1e6) / 1e4);
const nameOf = ({ source, template }: { source: string; template: string }): string =>
  `${source} / ${template}`;

/** A stored gate in the fields of its form; without one they say what counts where nothing else is said. */
export function gateDraft(gate: DeploymentGate | null): GateDraft {
  const kept = gate ?? DEFAULT_GATE;
  const { metrics, queries, minimumRuns, looks } = kept.definition;
  const marginOf = (metric: GateMetric) => {
    const row = metrics.find((each) => each.metric === metric);
    return row ? percent(row.margin) : null;
  };
  return {
    isOn: gate !== null,
    kept,
    margins: Object.fromEntries(
      GATE_METRICS.map((metric) => [metric, marginOf(metric)]),
    ) as GateDraft['margins'],
    questions: queries.map(nameOf),
    ...{ minimumRuns: String(minimumRuns), looks: String(looks) },
    duration: writeSpan(kept.durationSeconds),
    ...{ begins: kept.begins, onUndecided: kept.onUndecided },
    hold: writeSpan(kept.holdMinutes * 60),
  };
}

/** Where the usual margin of a metric begins when somebody switches it on; in the unit of its field. */
export const usualMargin = (metric: GateMetric): string => (isRate(metric) ? '2' : '20');

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** A gate out of its fields, and what is wrong with them by the paths that the server uses too. */
export function readGate(draft: GateDraft): { gate: DeploymentGate | null; faults: [string, string][] } {
  if (!draft.isOn) return { gate: null, faults: [] };
  const { kept, margins, questions } = draft;
  const faults: [string, string][] = [];
  const read = (path: string, text: string, words: string, parse = numberOf): number => {
    const value = parse(text);
    if (!Number.isFinite(value)) faults.push([path, words]);
    return value;
  };
  const metrics = GATE_METRICS.flatMap((metric) => {
    const text = margins[metric];
    if (text === null) return [];
    const noData = kept.definition.metrics.find((each) => each.metric === metric)?.noData ?? 'pause';
    return [{ metric, margin: read(`margins.${metric}`, text, 'Write a number.') / 100, noData }];
  });
  if (metrics.length === 0) faults.push(['metrics', 'Choose at least one measure.']);
  const queries = questions.map((name): GateQuery => {
    const [source = '', template = ''] = name.split(' / ');
    const known = kept.definition.queries.find((each) => nameOf(each) === name);
    return known ?? { source, template, noData: 'pause', onError: 'pause', errorsBefore: 0 };
  });
  const minimumRuns = read('minimumRuns', draft.minimumRuns, 'Write a number of runs.');
  const looks = read('looks', draft.looks, 'Write a number of looks.');
  const spanWords = 'Write a time like 10m or 1h.';
  const durationSeconds = Math.round(read('durationSeconds', draft.duration, spanWords, readSpan));
  const holdMinutes = Math.round(read('holdMinutes', draft.hold, spanWords, readSpan) / 60);
  const definition = { ...kept.definition, metrics, queries, minimumRuns, looks };
  const { begins, onUndecided } = draft;
  return { gate: { ...kept, definition, durationSeconds, holdMinutes, begins, onUndecided }, faults };
}
