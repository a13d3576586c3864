import { sparkPath } from './spark-path.ts';

/** A line without axes. Missing values break it; it is decoration beside a written number. */
export function Sparkline({
  values,
  width = 96,
  height = 24,
}: {
  values: readonly (number | null)[];
  width?: number;
  height?: number;
}) {
  const { line, area } = sparkPath(values, width, height);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="block max-w-full overflow-visible text-faint"
    >
      <path d={area} fill="currentColor" opacity="0.14" />
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.25"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
