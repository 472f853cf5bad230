import { Paper, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Preferences } from "../shell/Preferences";
import { ServerAway } from "../shell/ServerAway";
import classes from "./SignInFrame.module.css";

/** What stands around each step of signing in. */
export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.page}>
      <ServerAway />
      <header className={classes.header}>
        <span className={classes.name}>Trunkline</span>
        <Preferences />
      </header>
      <main className={classes.main}>
        <Paper withBorder p="xl" className={classes.card}>
          <Title order={1} size="h3" mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </main>
    </div>
  );
}
