import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { AlertCard } from './alert-card.tsx';
import { alertRow } from './rows.fixture.ts';

const acts = {
  stateOf: () => null,
  acknowledge: () => {},
  selected: new Set<string>(),
  toggle: () => {},
  refusal: null,
};
const textOf = (values: Partial<AlertRow>, heading = '') =>
  renderToStaticMarkup(
    createElement(AlertCard, { alert: alertRow(values), heading, gone: false, acts, renderedAtMs: 0 }),
  ).replaceAll(/<[^>]*>/g, '\n');

test('alerts of a sender that says nothing of them are told apart by their labels', () => {
  const labels = { alertname: 'High error rate', severity: 'page', job: 'node', instance: 'a:9100' };
  expect(textOf({ labels })).toContain('\ninstance: a:9100, job: node\n');
  expect(textOf({ labels, title: 'Slow' }, 'High error rate')).toContain('\ninstance: a:9100, job: node\n');
  expect(textOf({ labels, message: 'It is slow.' })).toContain('\nIt is slow.\n');
  expect(textOf({ labels, message: 'It is slow.' })).not.toContain('instance');
});
