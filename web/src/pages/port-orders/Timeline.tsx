import { Text } from "@mantine/core";
import type { PortStep } from "../../api/__generated__/schema";
import { sentence } from "../../format/sentence";
import { moment } from "../../format/time";
import classes from "../webhooks/Webhooks.module.css";

/** What happened so far, the oldest first, each with who did it. */
export function Timeline({ steps }: { steps: readonly PortStep[] }) {
  return (
    <ul className={classes.rows}>
      {steps.map(({ at, what, actor, note }) => (
        <li key={`${at} ${what}`}>
          <span>
            {moment(at)} · {sentence(what)} {note ?? ""}
          </span>
          <Text size="sm" c="dimmed">
            {actor}
          </Text>
        </li>
      ))}
    </ul>
  );
}
