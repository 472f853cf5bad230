import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ui/ProblemNotice";
import { State } from "../ui/State";
import classes from "./Phone.module.css";
import type { Phone } from "./phone";
import { type Verdict, verdictOn } from "./verdict";

const TONES = { good: "fine", fair: "warned", poor: "bad", blocked: "bad" } as const satisfies Record<Verdict, string>;

/** A call to the echo test, and what it says of the network. */
export function NetworkTest({ phone, isReady }: { phone: Phone; isReady: boolean }) {
  const { t } = useTranslation();
  const testing = useMutation({ mutationFn: () => phone.testNetwork() });
  const verdict = testing.isSuccess ? verdictOn(testing.data) : undefined;
  return (
    <section className={classes.card} aria-labelledby="phone-network">
      <h2 id="phone-network" className={classes.subtitle}>
        {t("phone.network.title")}
      </h2>
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        disabled={!isReady}
        loading={testing.isPending}
        onClick={() => testing.mutate()}
      >
        {t("phone.network.test")}
      </Button>
      <ProblemNotice error={testing.error} />
      <div role="status">
        {testing.isPending && <p className={classes.words}>{t("phone.network.running")}</p>}
        {verdict !== undefined && <State is={TONES[verdict]}>{t(`phone.network.${verdict}`)}</State>}
        {testing.data !== undefined && <p className={classes.quiet}>{t("phone.network.figures", testing.data)}</p>}
      </div>
    </section>
  );
}
