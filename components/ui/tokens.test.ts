import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const moreContrast = css.slice(css.indexOf('@media (prefers-contrast: more)'));
const standard = css.slice(0, css.indexOf('@media (prefers-contrast: more)'));

type Theme = 'light' | 'dark';
type Rgb = [number, number, number];

function tokensOf(text: string, theme: Theme): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of text.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
    found[match[1]!] = theme === 'light' ? match[2]! : match[3]!;
  }
  return found;
}

/** The palette of a theme, with or without the reader's wish for more contrast. */
function palette(theme: Theme, contrast: 'standard' | 'more'): Record<string, string> {
  const base = tokensOf(standard, theme);
  return contrast === 'more' ? { ...base, ...tokensOf(moreContrast, theme) } : base;
}

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2.2 contrast ratio of two colours. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. */
const DEFICIENCIES: Record<string, [Rgb, Rgb, Rgb]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance in OKLab, where 0.02 is about the smallest difference seen side by side. */
function distance(a: string, b: string, matrix: [Rgb, Rgb, Rgb]): number {
  const lab = (hex: string): Rgb => {
    const source = linear(hex);
    const [r, g, bl] = matrix.map((row) =>
      Math.max(0, row[0] * source[0] + row[1] * source[1] + row[2] * source[2]),
    ) as Rgb;
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * bl);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * bl);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * bl);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const [x, y] = [lab(a), lab(b)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

const themes: Theme[] = ['light', 'dark'];
const levels = ['standard', 'more'] as const;
const surfaces = ['n-1', 'n-2', 'n-3'];
const statuses = ['ok', 'warning', 'critical', 'unknown'];

describe.each(themes)('tokens in the %s theme', (theme) => {
  describe.each(levels)('with %s contrast', (level) => {
    const of = palette(theme, level);

    test('text keeps 4.5:1 on every surface and status text on its own tint', () => {
      const failures: string[] = [];
      const check = (text: string, ground: string) => {
        const ratio = contrast(of[text]!, of[ground]!);
        if (ratio < 4.5) failures.push(`${text} on ${ground}: ${ratio.toFixed(2)}`);
      };
      for (const ground of [...surfaces, 'n-4', 'n-5']) {
        check('n-11', ground);
        check('n-12', ground);
      }
      for (const hue of [...statuses, 'accent']) {
        for (const ground of [...surfaces, `${hue}-tint`]) check(`${hue}-text`, ground);
      }
      expect(failures).toEqual([]);
    });

    test('graphics (status, accent, series, n-9) keep 3:1 on every surface', () => {
      const graphics = [
        ...statuses,
        'ok-quiet',
        'accent',
        'n-9',
        ...Array.from({ length: 8 }, (_, i) => `series-${i + 1}`),
      ];
      const failures = graphics.flatMap((graphic) =>
        surfaces
          .filter((ground) => contrast(of[graphic]!, of[ground]!) < 3)
          .map((ground) => `${graphic} on ${ground}: ${contrast(of[graphic]!, of[ground]!).toFixed(2)}`),
      );
      expect(failures).toEqual([]);
    });

    test.each(Object.keys(DEFICIENCIES))('the status hues stay apart with %s', (deficiency) => {
      const matrix = DEFICIENCIES[deficiency]!;
      const failures: string[] = [];
      for (const [i, a] of statuses.entries()) {
        for (const b of statuses.slice(i + 1)) {
          const apart = distance(of[a]!, of[b]!, matrix);
          if (apart < 0.05) failures.push(`${a}/${b}: ${apart.toFixed(3)}`);
        }
      }
      expect(failures).toEqual([]);
    });
  });
});
