import { Legend, type Series } from "./Bars";
import classes from "./Chart.module.css";
import { ticksTo } from "./ticks";

export type Point = { id: string; label: string; title: string; value: number | undefined };

type LineProps = { label: string; series: Series; points: readonly Point[]; format: (value: number) => string };

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 52;
const BOTTOM = 24;
const TOP = 8;
const LABELS_MAX = 8;

/** One value over time; where there is none the line has a gap. */
export function Line({ label, series, points, format }: LineProps) {
  const ticks = ticksTo(Math.max(0, ...points.map(({ value = 0 }) => value)), 3);
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const step = (WIDTH - LEFT) / Math.max(1, points.length);
  const x = (place: number) => LEFT + step * (place + 0.5);
  const each = Math.ceil(points.length / LABELS_MAX);
  const path = points
    .map(({ value }, place) => {
      if (value === undefined) return "";
      const begins = place === 0 || points[place - 1]?.value === undefined;
      return `${begins ? "M" : "L"}${x(place)} ${y(value)}`;
    })
    .join("");
  return (
    <figure className={classes.figure}>
      <Legend series={[series]} />
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className={classes.chart}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} className={classes.grid} />
            <text x={LEFT - 8} y={y(tick) + 4} className={classes.tick} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        <path d={path} className={classes.line} />
        {points.map(({ id, label: words, title, value }, place) => (
          <g key={id}>
            {value !== undefined && (
              <circle cx={x(place)} cy={y(value)} r={4} className={classes.point}>
                <title>{title}</title>
              </circle>
            )}
            {place % each === 0 && (
              <text x={x(place)} y={HEIGHT - 8} className={classes.tick} textAnchor="middle">
                {words}
              </text>
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}
