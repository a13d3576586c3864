import type { LiveMeasure } from '#lib/model/live.ts';
import type { PanelLine } from './panel-store.ts';
import { MEASURES, type Unit } from './prepare/measures.ts';

export interface PanelSpec {
  title: string;
  unit: Unit;
  measures: readonly LiveMeasure[];
}

/** The five panels of a fleet and of an agent, in the order they are read. */
export const OPERATION_PANELS: readonly PanelSpec[] = [
  { title: 'Requests', unit: 'perMinute', measures: ['requests', 'errors'] },
  { title: 'Error rate', unit: 'ratio', measures: ['error_rate'] },
  { title: 'Latency', unit: 'duration', measures: ['latency_p50', 'latency_p95'] },
  { title: 'Tokens', unit: 'perMinute', measures: ['input_tokens', 'output_tokens'] },
  { title: 'Cost', unit: 'moneyPerHour', measures: ['cost'] },
];

/** What a panel is about: one agent, the agents of one environment, or the whole team. */
export type PanelScope = { agentId: string } | { environment: string } | null;

/** The lines of a panel about an agent, an environment or the whole team. */
export function linesOf(spec: PanelSpec, scope: PanelScope): PanelLine[] {
  return spec.measures.map((measure) => ({
    label: MEASURES[measure].label,
    colour: MEASURES[measure].colour,
    question: { measure, ...scope },
    live: measure,
    ...(measure === 'cost' && {
      leftOut: { question: { measure: 'unpriced_calls', ...scope }, live: 'unpriced_calls' },
    }),
  }));
}
