import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderQuery, templateProblem } from './render-query.ts';

const values = { agent: 'planner', environment: 'prod', namespace: '', version: '1.5.0', baseline: '1.4.0' };

test('labels and the window are filled in', () => {
  const query = 'sum(rate(errors_total{agent="{{agent}}", version="{{ version }}"}[{{window}}]))';
  expect(templateProblem(query)).toBeNull();
  expect(renderQuery(query, values, 3600)).toBe(
    'sum(rate(errors_total{agent="planner", version="1.5.0"}[3600s]))',
  );
});

test.each([
  ['up{version={{version}}}', 'must stand in quotes'],
  ['up{version=`{{version}}`}', 'must stand in quotes'],
  ['up # "{{version}}"', 'must stand in quotes'],
  ['up{version="{{secret}}"}', 'There is no {{secret}}'],
  ['up{version="{{window}}"}', 'outside of quotes'],
  ['up{version="{{version}}}', 'not closed'],
])('deployment S-100: the template %s is refused, for a value could mean something there', (query, words) => {
  expect(templateProblem(query)).toContain(words);
});

test('deployment S-100: a version that tries to leave its quotes stays a value', () => {
  const version = '1"} or vector(0) # \\" \n`\'';
  expect(renderQuery('up{v="{{version}}"}', { ...values, version }, 1)).toBe(
    `${String.raw`up{v="1\"} or vector(0) # \\\" \u000a`}\`'"}`,
  );
  expect(renderQuery("up{v='{{version}}'}", { ...values, version: `a'b"c` }, 1)).toBe(
    String.raw`up{v='a\'b"c'}`,
  );
});

test('deployment S-100: behind =~ a value means itself and no pattern', () => {
  expect(renderQuery('up{v=~"{{version}}-.*", w!~ "{{version}}"}', { ...values, version: '1.*|2' }, 1)).toBe(
    String.raw`up{v=~"1\\.\\*\\|2-.*", w!~ "1\\.\\*\\|2"}`,
  );
});

/** Reads a string of PromQL in double quotes back. */
function unquoted(text: string): string {
  return text.replaceAll(/\\(u[0-9a-f]{4}|.)/g, (_, sign: string) =>
    sign.length === 5 ? String.fromCharCode(Number.parseInt(sign.slice(1), 16)) : sign,
  );
}

test('whatever a value holds, it is one string that means just that value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (version) => {
      const query = renderQuery('up{v="{{version}}"}', { ...values, version }, 1);
      const inside = /^up\{v="((?:[^"\\\n]|\\[^\n])*)"\}$/.exec(query)?.[1];
      expect(unquoted(inside ?? 'broken')).toBe(version.toWellFormed());
    }),
  );
});
