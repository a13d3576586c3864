import { expect, test } from 'vitest';
import { type ChartMarker, markersAt, placeMarkers } from './markers.ts';

const at = (atMs: number): ChartMarker => ({ atMs, label: `v${atMs}`, words: `Version ${atMs}` });
const plane = { xOf: (atMs: number) => atMs, left: 0, right: 100, widthOf: () => 20 };

test('every marker in sight has its line; words that would overlap give way to the later ones', () => {
  const placed = placeMarkers([at(40), at(50), at(10), at(-5), at(101)], plane);
  expect(placed.map(({ x }) => x)).toEqual([50, 40, 10]);
  expect(placed.map(({ text }) => text)).toEqual(['v50', 'v40', 'v10']);
  for (const [i, marker] of placed.entries()) {
    const before = placed[i - 1];
    if (before) expect(marker.textX + 20).toBeLessThanOrEqual(before.textX);
  }
  const crowded = placeMarkers([at(1), at(2), at(3)], plane);
  expect(crowded.map(({ text }) => text)).toEqual(['v3', null, null]);
});

test('words at the right edge stay inside the chart', () => {
  expect(placeMarkers([at(99)], plane)).toEqual([{ x: 99, isAct: false, text: 'v99', textX: 80 }]);
});

test('what somebody did keeps its own line beside what was only seen', () => {
  const placed = placeMarkers([at(40), { ...at(60), isAct: true }], plane);
  expect(placed.map(({ x, isAct }) => [x, isAct])).toEqual([
    [60, true],
    [40, false],
  ]);
});

test('the crosshair tells of markers within its reach only', () => {
  expect(markersAt([at(40), at(60)], 42, 5).map(({ atMs }) => atMs)).toEqual([40]);
});
