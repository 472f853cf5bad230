import { Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ui/ProblemNotice";
import classes from "./Phone.module.css";
import { type Holder, queuesQuery, takeCallsOf } from "./queries";

/** The queues whose calls come, and whether they come now. */
export function Queues({ holder }: { holder: Holder }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = queuesQuery(holder);
  const { data, error } = useQuery(query);
  const change = useMutation({
    mutationFn: ({ id, takes }: { id: string; takes: boolean }) => takeCallsOf(holder, id, takes),
    onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }),
  });
  if (data?.length === 0) return null;
  return (
    <section className={classes.card} aria-labelledby="phone-queues">
      <h2 id="phone-queues" className={classes.subtitle}>
        {t("phone.queues.title")}
      </h2>
      <ProblemNotice error={error ?? change.error} />
      {data?.map(({ id, name, takes_calls: takes, may_change: may }) => (
        <Switch
          key={id}
          label={t("phone.queues.takes", { name })}
          checked={takes}
          disabled={!may || change.isPending}
          onChange={({ currentTarget: { checked } }) => change.mutate({ id, takes: checked })}
        />
      ))}
    </section>
  );
}
