import { Alert, Button, Group, PasswordInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { EditForm } from "../../ui/form/EditForm";

/** The PIN that another carrier has to quote. It is never shown. */
export function PortingPin() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const mayWrite = useMay()("ports.write");
  const params = { path: { tenant } };
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(tenant, "porting-pin"),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/porting-pin", { params })),
    meta: { nouns: ["porting_pin"] },
  });
  const [isSetting, setSetting] = useState(false);
  const [pin, setPin] = useState("");
  const words = data?.is_set === true ? t("portOuts.pinSet", { at: moment(data.set_at), by: data.set_by ?? "" }) : t("portOuts.pinMissing");
  const close = () => {
    setSetting(false);
    setPin("");
  };
  return (
    <>
      <ProblemNotice error={error} />
      {data && (
        <Alert variant="outline" color={data.locked_until == null ? "blue" : "orange"} mb="md">
          <Group justify="space-between" gap="sm">
            <div>
              <Text size="sm">{words}</Text>
              {data.wrong_tries > 0 && <Text size="sm">{t("portOuts.wrongTries", { count: data.wrong_tries })}</Text>}
              {data.locked_until != null && <Text size="sm">{t("portOuts.locked", { at: moment(data.locked_until) })}</Text>}
            </div>
            {mayWrite && (
              <Button variant="default" onClick={() => setSetting(true)}>
                {t("portOuts.setPin")}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      {isSetting && (
        <SidePanel title={t("portOuts.setPin")} onClose={close}>
          <EditForm
            save={() => answer(api.PUT("/api/v1/tenants/{tenant}/porting-pin", { params, body: { pin } }))}
            onSaved={() => {
              close();
              void refetch();
            }}
            submit={t("portOuts.setPin")}
            fields={["pin"]}
          >
            {(ofField) => (
              <PasswordInput
                label={t("portOuts.pin")}
                description={t("portOuts.pinHint")}
                required
                autoComplete="off"
                visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
                error={ofField("pin")}
                value={pin}
                onChange={(event) => setPin(event.currentTarget.value)}
              />
            )}
          </EditForm>
        </SidePanel>
      )}
    </>
  );
}
