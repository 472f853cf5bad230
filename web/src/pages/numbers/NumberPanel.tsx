import { Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, answerWithTag, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { FlowLink } from "../../choices/FlowLink";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { Loaded } from "../../ui/form/Loaded";
import { AssignNumber } from "./AssignNumber";
import { BlockNumber } from "./BlockNumber";
import { NumberForm } from "./NumberForm";
import { placeOf } from "./place";
import { NumberHistory } from "./NumberHistory";

/** A number: whose it is, who answers there, and what became of it. */
export function NumberPanel({ number, onClose }: { number: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, number } };
  return (
    <SidePanel title={number} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "number", number)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/numbers/{number}", { params }))}
      >
        {(read, reload) => {
          const changed = () => {
            outdate(tenant, new Set(["number", "user", "resource_account"]));
            reload();
          };
          return (
            <Stack gap="lg">
              <Facts
                facts={[
                  [t("numbers.kind"), t(`numberKind.${read.value.kind}`)],
                  [t("numbers.state"), t(`numberState.${read.value.state}`)],
                  [t("numbers.source"), t(`numberSource.${read.value.source}`)],
                  [t("numbers.place"), placeOf(read.value)],
                  [t("numbers.sms"), t(read.value.sms === true ? "yes" : "no")],
                  [t("numbers.acquired"), moment(read.value.acquired_at)],
                  ...(read.value.assigned_at == null ? [] : [[t("numbers.assignedAt"), moment(read.value.assigned_at)] as const]),
                  ...(read.value.held_until == null ? [] : [[t("numbers.heldUntil"), moment(read.value.held_until)] as const]),
                ]}
              />
              {read.value.assignee?.type === "resource_account" && <FlowLink account={read.value.assignee.id} />}
              <AssignNumber number={read.value} onChanged={changed} />
              {may("numbers.write") && read.value.assignee == null && <BlockNumber number={read.value} onChanged={changed} />}
              <NumberForm read={read} onSaved={changed} onTheirs={reload} />
              <section>
                <Title order={3} size="h5" mb="xs">
                  {t("numbers.history")}
                </Title>
                <NumberHistory number={number} />
              </section>
              {may("numbers.write") && read.value.assignee == null && (
                <DeleteButton
                  label={t("numbers.release")}
                  effect={t("numbers.releaseEffect")}
                  act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/numbers/{number}", { params }))}
                  onDone={() => {
                    outdate(tenant, new Set(["number"]));
                    onClose();
                  }}
                />
              )}
            </Stack>
          );
        }}
      </Loaded>
    </SidePanel>
  );
}
