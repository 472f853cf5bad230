import { useTranslation } from "react-i18next";
import type { CallRecord } from "../../api/__generated__/schema";
import { duration } from "../../format/time";
import classes from "./Call.module.css";

const WIDTH = 480;
const ROW = 40;
const LABEL = 16;

/** Who took part from when until when: pale while it rang, full while they talked. */
export function Legs({ record: { legs, started_at, ended_at } }: { record: CallRecord }) {
  const { t } = useTranslation();
  const begins = Date.parse(started_at);
  const millis = Math.max(1_000, Date.parse(ended_at) - begins);
  const x = (at: string) => (WIDTH * Math.max(0, Date.parse(at) - begins)) / millis;
  const wide = (from: number, to: number) => Math.max(2, to - from);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${legs.length * ROW + LABEL}`} className={classes.legs} role="img" aria-label={t("calls.legs")}>
      {legs.map((leg, place) => {
        const y = place * ROW;
        const end = x(leg.ended_at);
        const answered = leg.answered_at == null ? undefined : x(leg.answered_at);
        return (
          <g key={leg.sip_call_id + leg.started_at}>
            <text x={Math.min(x(leg.started_at), WIDTH * 0.6)} y={y + 12} className={classes.party}>
              {leg.party}
            </text>
            <rect x={x(leg.started_at)} y={y + 17} height={12} rx={3} width={wide(x(leg.started_at), answered ?? end)} className={classes.rang} />
            {answered !== undefined && <rect x={answered} y={y + 17} height={12} rx={3} width={wide(answered, end)} className={classes.talked} />}
          </g>
        );
      })}
      <text x={0} y={legs.length * ROW + 12} className={classes.scale}>
        0:00
      </text>
      <text x={WIDTH} y={legs.length * ROW + 12} textAnchor="end" className={classes.scale}>
        {duration(millis / 1_000)}
      </text>
    </svg>
  );
}
