import type { Labels } from '#lib/model/alert.ts';
import { canonicalLabels, fingerprintOf } from '#lib/model/alert-finding.ts';
import { AGENT_LABELS } from '#lib/model/alert-rule.ts';
import type { Rule } from './instance.ts';
import { fillTemplate } from './template.ts';

export interface Identity {
  labels: Labels;
  fingerprint: string;
}

const NO_LABELS = Object.fromEntries(AGENT_LABELS.map((name) => [name, '']));

function identityOf(labels: Labels): Identity {
  return { labels: canonicalLabels(labels), fingerprint: fingerprintOf(labels) };
}

/**
 * The labels of an instance: those of its series, those of the rule over them, and the rule's name.
 *
 * @throws TemplateError when a label of the rule can't be filled in
 */
export function instanceIdentity({ name, definition }: Rule, series: Labels): Identity {
  const values = { ...NO_LABELS, ...series, rule: name };
  const own = Object.entries(definition.labels).map(([label, text]) => [label, fillTemplate(text, values)]);
  return identityOf({ ...series, ...Object.fromEntries(own), alertname: name });
}

/** The alert about a source that has no data, or can't be asked: another one than those of its series. */
export function conditionIdentity(rule: Rule, kind: 'no_data' | 'error'): Identity {
  const { labels } = instanceIdentity(rule, {});
  const alertname = kind === 'error' ? 'DatasourceError' : 'DatasourceNoData';
  return identityOf({ ...labels, alertname, rule: rule.name, source: 'metrics' });
}
