/**
 * Charts, second half: draws what `prepare` decided. uPlot owns the canvas; points never enter React.
 *
 * This file reads the design tokens as colours a canvas understands, and tells when they change.
 */
export interface Palette {
  series: string[];
  grid: string;
  text: string;
  surface: string;
}

const CANVAS_FONT_FALLBACK = 'system-ui, sans-serif';

/** Resolves tokens through an element, because light-dark() is only decided there. */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span');
  host.append(probe);
  const resolve = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    series: Array.from({ length: 8 }, (_, i) => resolve(`--series-${i + 1}`)),
    grid: resolve('--n-6'),
    text: resolve('--n-11'),
    surface: resolve('--n-1'),
  };
  probe.remove();
  return palette;
}

/** The axis font: the page's own family at 11 px. */
export function axisFont(host: HTMLElement): string {
  return `11px ${getComputedStyle(host).fontFamily || CANVAS_FONT_FALLBACK}`;
}

/** Calls back when the theme or the wish for contrast changes. Returns how to stop. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((q) =>
    window.matchMedia(q),
  );
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
