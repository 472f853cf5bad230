import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../../ui/Icon";
import { Head } from "./Card";
import card from "./Card.module.css";
import type { CanvasProps } from "./Canvas";
import classes from "./ListView.module.css";

/** The same as the canvas, read from above to below: each part, and where each of its exits leads. */
export function ListView({ graph, findings, lit, language, chosen, onChoose }: Omit<CanvasProps, "onWire" | "mayWrite">) {
  const { t } = useTranslation();
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const shown = graph.nodes.filter(({ kind }) => kind !== "hang_up" && kind !== "missing");
  return (
    <ol className={classes.list} aria-label={t("flowEditor.asList")}>
      {shown.map((node) => (
        <li
          key={node.id}
          id={anchorOf(node.id)}
          className={`${classes.node} ${chosen.node === node.id ? classes.chosen : ""} ${lit.nodes.has(node.id) ? classes.lit : ""}`}
        >
          <div className={classes.top}>
            <div className={classes.what}>
              <Head node={node} language={language} findings={findings} />
            </div>
            <Button size="compact-sm" variant="default" aria-label={t("flowEditor.editNode", { name: node.title })} onClick={() => onChoose(node.id, "")}>
              {t("flowEditor.show")}
            </Button>
          </div>
          {node.exits.length > 0 && (
            <ul className={classes.exits}>
              {node.exits.map((exit) => {
                const to = exit.to === undefined ? undefined : byId.get(exit.to);
                const wrong = findings.filter((finding) => finding.exit === exit.id);
                return (
                  <li key={exit.id} className={`${classes.exit} ${lit.exits.has(exit.id) ? classes.litExit : ""}`}>
                    <button type="button" className={classes.label} onClick={() => onChoose(node.id, exit.id)}>
                      {exit.label}
                    </button>
                    <span aria-hidden="true">→</span>
                    {to === undefined || exit.stays !== undefined ? (
                      <span>{exit.stays ?? t("flowEditor.nowhere")}</span>
                    ) : to.kind === "hang_up" || to.kind === "missing" ? (
                      <span>{to.title}</span>
                    ) : (
                      <a href={`#${anchorOf(to.id)}`}>{to.title}</a>
                    )}
                    {lit.exits.has(exit.id) && <span className="hidden">{t("flowEditor.taken")}</span>}
                    {wrong.map((finding) => (
                      <span key={finding.kind + (finding.words ?? "")} className={finding.isWrong ? card.bad : card.warned}>
                        <Icon name="warning" size={14} /> {finding.words ?? t(`flowEditor.finding.${finding.kind}`)}
                      </span>
                    ))}
                  </li>
                );
              })}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function anchorOf(id: string): string {
  return `part-${id.replaceAll(/[^A-Za-z0-9-]/g, "-")}`;
}
