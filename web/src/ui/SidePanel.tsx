import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./SidePanel.module.css";

type SidePanelProps = {
  title: string;
  onClose: () => void;
  /** At the end of the line, where a row's panel is, or at its start, where the navigation is. */
  at?: "start" | "end";
  children: ReactNode;
};

/** What is shown beside the page: a row's panel, or the navigation on a telephone. */
export function SidePanel({ title, onClose, at = "end", children }: SidePanelProps) {
  const { t } = useTranslation();
  const place = at === "end" ? ({ position: "right", size: "34rem" } as const) : ({ position: "left", size: "17rem" } as const);
  return (
    // Locking the scroll bar writes a style into the page, which its policy forbids.
    <Drawer.Root opened onClose={onClose} lockScroll={false} {...place}>
      <Drawer.Overlay backgroundOpacity={0.25} />
      <Drawer.Content>
        {/* Mantine's own head would be a second banner of the page. */}
        <div className={classes.head}>
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t("close")} />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
