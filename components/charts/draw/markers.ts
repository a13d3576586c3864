import type uPlot from 'uplot';
import { type ChartMarker, placeMarkers } from '../prepare/markers.ts';
import type { Palette } from './palette.ts';

const LABEL_PAD = 4;
const LABEL_HEIGHT = 16;

/** Lines where something happened, dashed where it was only seen, each with its words at the top while there is room for them. */
export function markersPlugin(markers: readonly ChartMarker[], palette: Palette, font: string): uPlot.Plugin {
  const draw = (plot: uPlot) => {
    const { ctx, bbox } = plot;
    const ratio = window.devicePixelRatio;
    ctx.save();
    ctx.font = font.replace(/^(\d+)px/, (_, size) => `${Number(size) * ratio}px`);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const placed = placeMarkers(markers, {
      xOf: (atMs) => plot.valToPos(atMs / 1000, 'x', true),
      left: bbox.left,
      right: bbox.left + bbox.width,
      widthOf: (text) => ctx.measureText(text).width + 2 * LABEL_PAD * ratio,
    });
    for (const { x, isAct } of placed) {
      ctx.strokeStyle = palette.text;
      ctx.lineWidth = ratio;
      ctx.setLineDash(isAct ? [] : [3 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    // Words come after all lines: none is struck through by the line of an earlier one.
    for (const { text, textX } of placed) {
      if (text === null) continue;
      const width = ctx.measureText(text).width + 2 * LABEL_PAD * ratio;
      ctx.fillStyle = palette.surface;
      ctx.fillRect(textX, bbox.top, width, LABEL_HEIGHT * ratio);
      ctx.fillStyle = palette.text;
      ctx.fillText(text, textX + LABEL_PAD * ratio, bbox.top + (LABEL_HEIGHT * ratio) / 2);
    }
    ctx.restore();
  };
  return { hooks: { draw } };
}
