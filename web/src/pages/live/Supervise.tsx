import { Button, Popover, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, SupervisionMode } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { PersonSelect } from "../../choices/PersonSelect";
import { useMe } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";

const MODES = ["listen", "whisper", "barge", "take_over"] as const satisfies readonly SupervisionMode[];

/** Lets a supervisor hear a call, speak in it, or take it over. Their phones ring; hanging up ends it. */
export function Supervise({ call }: { call: Call }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const [person, setPerson] = useState(call.supervision?.supervisor ?? me.person ?? "");
  const asking = useMutation({
    mutationFn: (mode: SupervisionMode) =>
      answer(
        api.POST("/api/v1/tenants/{tenant}/calls/{call}/supervise", {
          params: { path: { tenant, call: call.id } },
          body: { supervisor: person, mode },
        }),
      ),
    onSuccess: () => {
      setOpen(false);
      outdate(tenant, new Set(["call"]));
    },
  });
  const now = call.supervision;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setOpen(!isOpen)}>
          {now ? t(`live.mode.${now.mode}`) : t("live.supervise")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <PersonSelect label={t("live.supervisor")} value={person} onChange={(chosen) => setPerson(chosen?.id ?? "")} required isInPopover />
          <Text size="xs">{t("live.superviseHint")}</Text>
          {MODES.map((mode) => (
            <Button
              key={mode}
              size="xs"
              variant={now?.mode === mode ? "filled" : "default"}
              disabled={person === ""}
              loading={asking.isPending && asking.variables === mode}
              onClick={() => asking.mutate(mode)}
            >
              {t(`live.mode.${mode}`)}
            </Button>
          ))}
          <ProblemNotice error={asking.error} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
