import classes from "./Chart.module.css";
import { ticksTo } from "./ticks";

export type Series = { id: string; title: string; look: 1 | 2 | 3 | 4 | 5 };
export type Bar = { id: string; label: string; /** What is said of it in full. */ title: string; values: readonly number[] };

type BarsProps = {
  /** What the chart shows, for whoever can't see it. The numbers stand in a table beside it. */
  label: string;
  series: readonly Series[];
  bars: readonly Bar[];
};

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 44;
const BOTTOM = 24;
const TOP = 8;
const LABELS_MAX = 8;
const BAR_MAX = 48;

/** Bars of parts on each other, side by side over time. */
export function Bars({ label, series, bars }: BarsProps) {
  const most = Math.max(0, ...bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const ticks = ticksTo(most);
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const width = Math.min(BAR_MAX, step * 0.72);
  const each = Math.ceil(bars.length / LABELS_MAX);
  return (
    <figure className={classes.figure}>
      <Legend series={series} />
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className={classes.chart}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} className={classes.grid} />
            <text x={LEFT - 8} y={y(tick) + 4} className={classes.tick} textAnchor="end">
              {tick}
            </text>
          </g>
        ))}
        {bars.map(({ id, label: words, title, values }, place) => {
          const x = LEFT + step * place + (step - width) / 2;
          return (
            <g key={id} className={classes.bar}>
              <title>{title}</title>
              <rect x={LEFT + step * place} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} className={classes.ground} />
              {values.map((value, part) => {
                const below = values.slice(0, part).reduce((sum, one) => sum + one, 0);
                const look = series[part]?.look ?? 1;
                return value === 0 ? null : (
                  <rect
                    key={series[part]?.id}
                    x={x}
                    y={y(below + value)}
                    width={width}
                    height={y(below) - y(below + value)}
                    className={classes[`look${look}`]}
                  />
                );
              })}
              {place % each === 0 && (
                <text x={x + width / 2} y={HEIGHT - 8} className={classes.tick} textAnchor="middle">
                  {words}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

export function Legend({ series }: { series: readonly Series[] }) {
  return (
    <figcaption className={classes.legend}>
      {series.map(({ id, title, look }) => (
        <span key={id}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" rx="2" className={classes[`look${look}`]} />
          </svg>
          {title}
        </span>
      ))}
    </figcaption>
  );
}
