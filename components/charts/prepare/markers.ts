/** Something that happened at a moment and is shown on every chart it may have changed. */
export interface ChartMarker {
  /** Unix milliseconds. */
  atMs: number;
  /** Short enough for a chart, such as `v2.4.1`. */
  label: string;
  /** The whole of it, in words. */
  words: string;
  /** What somebody did, as a solid line; what was only seen is dashed. */
  isAct?: boolean;
}

interface Plane {
  /** The pixel of a moment; outside `left` and `right` when it isn't in sight. */
  xOf: (atMs: number) => number;
  left: number;
  right: number;
  widthOf: (text: string) => number;
}

interface PlacedMarker {
  x: number;
  isAct: boolean;
  /** Null where the words would lie on those of a later marker. */
  text: string | null;
  textX: number;
}

/** Puts markers in sight on their pixels. Where words don't fit side by side the later ones stay. */
export function placeMarkers(markers: readonly ChartMarker[], plane: Plane): PlacedMarker[] {
  const placed: PlacedMarker[] = [];
  let freeTo = plane.right;
  for (const marker of [...markers].sort((a, b) => b.atMs - a.atMs)) {
    const x = plane.xOf(marker.atMs);
    if (!(x >= plane.left && x <= plane.right)) continue;
    const width = plane.widthOf(marker.label);
    const right = Math.min(x + width, freeTo);
    const fits = right - width >= plane.left && (x <= freeTo || placed.length === 0);
    placed.push({ x, isAct: marker.isAct === true, text: fits ? marker.label : null, textX: right - width });
    if (fits) freeTo = right - width;
  }
  return placed;
}

/** The markers within reach of a moment, for the words beside the crosshair. */
export function markersAt(markers: readonly ChartMarker[], atMs: number, reachMs: number): ChartMarker[] {
  return markers.filter((marker) => Math.abs(marker.atMs - atMs) <= reachMs);
}
