import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../../ui/Icon";
import { ListenButton } from "../../choices/ListenButton";
import classes from "./Card.module.css";
import type { Finding } from "./findings";
import type { FlowNode, NodeKind } from "./graph";

export const ICONS: Record<NodeKind, IconName> = {
  start: "phone",
  hours: "clock",
  menu: "flow",
  announcement: "speaker",
  search: "search",
  operator: "headset",
  attendant: "robot",
  queue: "queue",
  agents: "group",
  callback: "phone",
  person: "account",
  voicemail: "mail",
  mailbox: "mail",
  external: "outside",
  hang_up: "close",
  missing: "warning",
};

type HeadProps = { node: FlowNode; language: string; findings: readonly Finding[] };

/** What a node is and says, the same on the canvas and in the list. */
export function Head({ node, language, findings }: HeadProps) {
  const { t } = useTranslation();
  const own = findings.filter(({ node: id, exit }) => id === node.id && exit === undefined);
  return (
    <>
      <div className={`${classes.head} ${classes[`kind_${node.kind}`] ?? ""}`}>
        <Icon name={ICONS[node.kind]} size={16} />
        <strong className={classes.title} title={node.title}>
          {node.title}
        </strong>
        {own.map((finding) => (
          <span key={finding.kind} className={finding.isWrong ? classes.bad : classes.warned} title={finding.words ?? t(`flowEditor.finding.${finding.kind}`)}>
            <Icon name="warning" size={15} />
            <span className="hidden">{finding.words ?? t(`flowEditor.finding.${finding.kind}`)}</span>
          </span>
        ))}
      </div>
      {node.lines.map((line) => (
        <div key={line} className={classes.line} title={line}>
          {line}
        </div>
      ))}
      {node.prompts.map((prompt) => (
        <div key={prompt.type === "text" ? prompt.text : prompt.id} className={classes.prompt}>
          <ListenButton prompt={prompt} language={language} />
          <span className={classes.words}>{prompt.type === "text" ? `“${prompt.text}”` : (prompt.file_name ?? t("flowEditor.file"))}</span>
        </div>
      ))}
    </>
  );
}
