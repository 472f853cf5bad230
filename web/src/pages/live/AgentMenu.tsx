import { Loader, Menu, UnstyledButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AgentStatus, Presence } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import classes from "./Live.module.css";
import { Pause } from "./Pause";
import { AGENT_NOUNS } from "./queries";

const PRESENCES = ["available", "busy", "do_not_disturb", "away"] as const satisfies readonly Presence[];

type AgentMenuProps = { queue: string; agent: string; name: string; status: AgentStatus; isPaused: boolean; isOptedOut: boolean; children: ReactNode };

/** What an agent does, and how somebody changes it for them. */
export function AgentMenu({ queue, agent, name, status, isPaused, isOptedOut, children }: AgentMenuProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const mayOpt = may("call_queues.act");
  const maySay = may("users.act");
  const [isPausing, setPausing] = useState(false);
  const changing = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => outdate(tenant, new Set(AGENT_NOUNS)),
  });
  if (!mayOpt && !maySay) return children;
  const params = { path: { tenant, queue, user: agent } };
  const self = { path: { tenant, user: agent } };
  const resume = () => answer(api.DELETE("/api/v1/tenants/{tenant}/call-queues/agents/{user}/pause", { params: self }));
  const endWrapUp = () => answer(api.POST("/api/v1/tenants/{tenant}/call-queues/agents/{user}/end-wrap-up", { params: self }));
  const opt = () =>
    isOptedOut
      ? answer(api.POST("/api/v1/tenants/{tenant}/call-queues/{queue}/agents/{user}/opt-in", { params }))
      : answer(api.POST("/api/v1/tenants/{tenant}/call-queues/{queue}/agents/{user}/opt-out", { params }));
  const say = (presence: Presence) => () =>
    answer(api.PUT("/api/v1/tenants/{tenant}/users/{user}/presence", { params: self, body: { presence } }));
  const menu = (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={classes.agentState}>
          {children} <span className="hidden">{t("live.changeAgent", { name })}</span>
          {changing.isPending && <Loader size={12} />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {mayOpt && <Menu.Item onClick={() => changing.mutate(opt)}>{isOptedOut ? t("live.optIn") : t("live.optOut")}</Menu.Item>}
        {mayOpt && status === "wrap_up" && <Menu.Item onClick={() => changing.mutate(endWrapUp)}>{t("live.endWrapUp")}</Menu.Item>}
        {mayOpt && isPaused && <Menu.Item onClick={() => changing.mutate(resume)}>{t("live.resume")}</Menu.Item>}
        {mayOpt && !isPaused && <Menu.Item onClick={() => setPausing(true)}>{t("live.pause")}</Menu.Item>}
        {maySay && <Menu.Label>{t("people.presence")}</Menu.Label>}
        {maySay &&
          PRESENCES.map((presence) => (
            <Menu.Item key={presence} onClick={() => changing.mutate(say(presence))}>
              {t(`presence.${presence}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      {menu}
      {isPausing && <Pause agent={agent} name={name} onDone={() => setPausing(false)} />}
    </>
  );
}
