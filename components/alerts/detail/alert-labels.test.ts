import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { AlertLabels, MaybeLink } from './alert-labels.tsx';

const ROOT = join(import.meta.dirname, '../../..');
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>';

test('security N7: labels and annotations of a sender are text, their names too, and no markup', () => {
  const alert = {
    labels: { team: HOSTILE, [HOSTILE]: 'x' },
    annotations: { summary: `[click](javascript:alert(1)) ${HOSTILE}`, runbook_url: 'javascript:alert(1)' },
  } as unknown as AlertDetail;
  const html = renderToStaticMarkup(createElement(AlertLabels, { alert }));
  expect(html).not.toMatch(/<(img|script|a)\b/);
  expect(html.match(/&lt;script&gt;/g)).toHaveLength(3);
});

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  '//evil.example/x',
  '/settings',
  'https:evil',
  'https://',
])('security N7: %j in an annotation or as a runbook is no link', (text) => {
  expect(renderToStaticMarkup(createElement(MaybeLink, { text, words: 'Runbook' }))).not.toContain('<a');
});

test('security N7: a web address is a link that gives its page neither our window nor our address', () => {
  const text = 'https://wiki.example/runbook?a=1&b="2"';
  const html = renderToStaticMarkup(createElement(MaybeLink, { text, words: 'Runbook' }));
  expect(html).toMatch(/^<a href="https:\/\/wiki\.example\/runbook\?a=1&amp;b=(%22|&quot;)2(%22|&quot;)"/);
  expect(html).toContain('rel="noreferrer noopener"');
});

test('security N7: no text of anybody becomes markup or script: nothing of ours hands any over', () => {
  const files = globSync('{app,components,lib}/**/*.{ts,tsx}', { cwd: ROOT }).filter(
    (file) => !/\.test\.tsx?$/.test(file),
  );
  expect(files.length).toBeGreaterThan(500);
  const sinks =
    /dangerouslySetInnerHTML|\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write\(|\bsrcDoc=|\beval\(|new Function\(/;
  expect(files.filter((file) => sinks.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test('security N7: every link that opens a window of its own is cut off from ours', () => {
  const files = globSync('{app,components}/**/*.tsx', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(100);
  const loose = files.filter((file) => {
    const tags =
      readFileSync(join(ROOT, file), 'utf8').match(/<(a|Link|ButtonLink)\b[^>]*target=[^>]*>/g) ?? [];
    return tags.some((tag) => !/rel="[^"]*\bnoopener\b[^"]*"/.test(tag));
  });
  expect(loose).toEqual([]);
});
